# O que o Spotcheck diz de uma foto. Simples, calmo, exato; sem promessas nem alarmes.
# As chaves terminam em nomes do código: veja crates/wording/src/lib.rs.

# O que fazer.
triage-see-doctor-soon = Vá ao médico em breve
triage-see-doctor-soon-advice = O Spotcheck vê características frequentes no câncer de pele. Mostre esta mancha a um médico em breve, em questão de semanas, não de meses. Muitas manchas assim acabam se revelando inofensivas, mas só um exame pode dizer.
triage-have-it-looked-at = Peça para um médico olhar
triage-have-it-looked-at-advice = O Spotcheck não pode descartar câncer de pele aqui. Mostre esta mancha a um médico dentro do próximo mês, ou antes, se ela mudar, coçar ou sangrar.
triage-nothing-suspicious = Nada suspeito foi visto
triage-nothing-suspicious-advice = O Spotcheck não viu nada suspeito nesta foto. Isso não descarta câncer de pele: se a mancha for nova, mudar, coçar, sangrar ou preocupar você, vá ao médico mesmo assim.
triage-cannot-tell = Não dá para saber
triage-cannot-tell-advice = Esta foto não permite uma resposta. Se a mancha preocupa você, vá ao médico; se não, tente outra foto.

# Por que não há resposta.
doubt-quality = A foto não é boa o bastante.
doubt-not-a-lesion = Isto não parece uma mancha na pele. Coloque a mancha no meio da imagem, ocupando cerca de metade dela.
doubt-unfamiliar = Isto não se parece com nada com que o Spotcheck tenha aprendido.
doubt-untested = Nada aqui indica um aviso. Mas havia poucas imagens como esta para provar que o Spotcheck pode chamar uma mancha assim de inofensiva.

# Como a imagem foi feita.
kind-dermatoscope = Parece ter sido feita com um dermatoscópio.
kind-plain-photo = Parece uma foto comum. Um dermatoscópio mostra mais, por isso o Spotcheck tem menos certeza aqui: encare “nada suspeito” com mais cautela.
kind-unsure = Não está claro se foi feita com um dermatoscópio. Foi avaliada das duas maneiras e vale a resposta mais cautelosa.

# Os diagnósticos.
diagnosis-akiec = Queratose actínica ou doença de Bowen
diagnosis-akiec-meaning = pele áspera e escamosa, danificada pelo sol, que pode virar câncer de pele
diagnosis-bcc = Carcinoma basocelular
diagnosis-bcc-meaning = o câncer de pele mais comum, que cresce devagar e raramente se espalha
diagnosis-bkl = Queratose benigna
diagnosis-bkl-meaning = uma mancha de idade ou uma lesão parecida com verruga, inofensiva
diagnosis-df = Dermatofibroma
diagnosis-df-meaning = um nódulo firme e inofensivo na pele
diagnosis-mel = Melanoma
diagnosis-mel-meaning = um câncer de pele que pode se espalhar e deve ser tratado cedo
diagnosis-nv = Pinta
diagnosis-nv-meaning = um acúmulo inofensivo de células de pigmento
diagnosis-other = Outra coisa
diagnosis-other-meaning = uma inflamação ou uma mancha mais rara, inofensiva ou maligna: mostre a um médico
diagnosis-scc = Carcinoma espinocelular
diagnosis-scc-meaning = um câncer de pele que pode se espalhar e deve ser tratado logo
diagnosis-vasc = Mancha vascular
diagnosis-vasc-meaning = um crescimento inofensivo de pequenos vasos sanguíneos ou um sangramento sob a pele

# O que pode haver de errado numa foto, com seu valor e seu limite.
quality-size = Pequena demais: o quadrado em volta da mancha tem { $value } pixels de lado; são necessários pelo menos { $threshold }. Chegue mais perto ou escolha uma imagem maior.
quality-focus = Fora de foco: nitidez de { $value }; é necessário pelo menos { $threshold }. Não se mexa, toque na mancha na tela para focar e mantenha a distância da largura de uma mão.
quality-dark = Escura demais: brilho de { $value }; é necessário pelo menos { $threshold }. Vá para perto de uma janela ou acenda uma luz.
quality-bright = Clara demais: brilho de { $value }; o ideal é no máximo { $threshold }. Saia da luz direta.
quality-glare = Reflexo: { $value } da imagem está estourada; o ideal é no máximo { $threshold }. Desligue o flash ou incline um pouco o celular.
quality-colour = A foto não tem cor ({ $value }; é necessário pelo menos { $threshold }). Sem cor não há resposta: tire-a em cores, sem filtro.
sides-left-out = Só o quadrado do centro foi examinado; { $percent } da foto, nas laterais, ficou de fora. Se a mancha não estiver inteira no centro, recorte a foto antes.

# Uma avaliação como texto.
risk = Risco de ser ou vir a ser maligna: { $percent }
risk-basis = de cada cem manchas como as usadas no teste e com este aspecto, o número de malignas foi mais ou menos esse; entre todas as pessoas que verificam uma mancha, o câncer é mais raro
despite-risk-melanoma = O risco no conjunto é baixo, mas esta foto não permite descartar um melanoma: por isso convém que um médico olhe.
despite-risk-something-else = O risco no conjunto é baixo, mas se parece com algo que o Spotcheck conhece muito pouco: por isso convém que um médico olhe.
despite-risk-most-probable = O risco no conjunto é baixo, mas aquilo com que mais se parece não é inofensivo: por isso convém que um médico olhe.
risk-of-photo = Só pela foto seria de { $percent }.
because = Por causa do que você informou:
because-raises = { $what }: maligno com mais frequência (razão de chances × { $odds })
because-lowers = { $what }: maligno com menos frequência (razão de chances × { $odds })
because-noticed = Você notou algo ({ $what }). Nenhuma foto pode descartar isso: mostre a mancha a um médico.
person-age = Idade { $age }
person-female = Mulher
person-male = Homem
site-head-or-neck = Cabeça ou pescoço
site-trunk = Peito, barriga ou costas
site-arm = Braço
site-leg = Perna
site-hand = Mão
site-foot = Pé
of-thousand = De cada 1000 pessoas com esta resposta, este é o número das que têm algo maligno ou que pode vir a ser:
of-thousand-clinic = { $count } numa clínica de pele, onde { $share } de cada 1000 manchas são
of-thousand-worried = { $count } entre pessoas preocupadas com uma mancha, se { $share } de cada 1000 são
of-thousand-everybody = { $count } entre todos os que verificam qualquer mancha, se { $share } de cada 1000 são
of-thousand-few = menos de 1
of-thousand-basis = Essas proporções são exemplos, não medições: ninguém contou quem usa o Spotcheck. A frequência com que cada resposta acerta foi medida em imagens feitas como esta.
looks-like = Com o que se parece
one-of = Um destes em { $percent } dos casos como os usados para testar o Spotcheck
all-probabilities = Todas as possibilidades
where-it-looked = O que indicava “{ $diagnosis }” (mais denso: mais)
malignant = maligno ou pode vir a ser
no-medical-device = O Spotcheck não é um dispositivo médico e não substitui um médico.
model-licence = Pesos: { $version }, sob a licença { $licence }.

# A linha de comando.
assessed = { $count ->
    [one] 1 foto avaliada
   *[other] { $count } fotos avaliadas
}
failed = { $count ->
    [one] 1 não pôde ser lida
   *[other] { $count } não puderam ser lidas
}
