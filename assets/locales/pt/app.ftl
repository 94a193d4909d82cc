# O que dizem as telas do aplicativo.

# Em toda parte.
back = Voltar
cancel = Cancelar
dismiss = Fechar
learn = Aprender
settings = Ajustes
working = Um momento…
new-photo = Nova foto
learn-more = Saber mais
broken = O Spotcheck não conseguiu terminar. Reinicie o aplicativo; se acontecer de novo, instale-o outra vez.
percent = { $value }%
percent-under-one = menos de 1%
percent-over-99 = mais de 99%

# Arquivos.
file-empty = O arquivo está vazio. Escolha outra foto.
file-format = O Spotcheck não consegue ler esta foto. Escolha uma imagem JPEG, PNG ou WebP.
file-too-large = A imagem tem { $width } × { $height } pixels, mais do que o Spotcheck consegue ler. Escolha uma menor.
file-truncated = O arquivo está cortado antes do fim. Copie-o ou baixe-o de novo, ou escolha outra foto.
file-damaged = O arquivo está danificado. Escolha outra foto.
file-unreadable = Não foi possível ler o arquivo. Escolha-o de novo.
file-too-many-bytes = O arquivo tem mais de 100 MB. Escolha um menor.

# Boas-vindas.
welcome-title = Boas-vindas ao Spotcheck
welcome-lead = Um segundo olhar sobre uma pinta que preocupa você, só no seu telefone.
welcome-does-title = O que ele faz
welcome-does = Você fotografa uma mancha na pele. O Spotcheck diz com o que ela se parece, com que certeza, e se convém ir ao médico.
welcome-private-title = Nada sai do seu telefone
welcome-private = As fotos são avaliadas neste aparelho. Não há conta, nem envio, nem conexão com a internet.
welcome-limits-title = O que ele não é
welcome-limits = O Spotcheck não é um dispositivo médico e não substitui um médico. Ele deixa passar alguns cânceres de pele e avisa sobre muitas manchas inofensivas. Se uma mancha preocupa você, vá ao médico, diga o que disser o Spotcheck.
welcome-agree = Entendi
welcome-consent = Você concorda em usar o Spotcheck só como informação.

# Início.
home-title = Que mancha vamos olhar?
home-lead = Chegue perto, não se mexa e procure boa luz.
home-take = Tirar uma foto
home-choose = Escolher uma foto
home-drop = Você também pode arrastar uma imagem para cá ou colar uma.
home-checks = Últimas verificações
home-empty = Nada verificado ainda. Suas verificações aparecerão aqui.
home-session = Ficam até você fechar o Spotcheck.

# A câmera da mesa.
camera-which = Câmera
camera-live = Imagem ao vivo da câmera
camera-shutter = Tirar a foto
camera-missing = Nenhuma câmera encontrada. Conecte uma e volte, ou escolha uma foto.
camera-busy = Outro programa usa a câmera. Feche-o e volte, ou escolha uma foto.
camera-forbidden = O Spotcheck não tem permissão para usar a câmera. Permita nos ajustes do sistema, ou escolha uma foto.
camera-broken = A câmera falhou. Desconecte-a e conecte de novo, ou escolha uma foto.

# Enquadrar.
frame-title = Enquadrar a mancha
frame-lead = Mova e amplie a foto até a mancha preencher o círculo.
frame-viewport = Foto. Mova-a com as setas, amplie com mais e menos.
frame-empty = Não há foto para enquadrar.
frame-good = Nítida e bem iluminada.
frame-assess = Verificar esta mancha
frame-anyway = Usar mesmo assim
zoom = Ampliação
zoom-in = Ampliar
zoom-out = Reduzir

# Resultado.
result-title = Resultado
result-empty = Não há resultado para mostrar.
result-picture = Imagem
result-photo = Foto
result-saliency = Onde olhou
result-crop = A mancha verificada
result-saliency-text = Onde o Spotcheck olhou: quanto mais laranja, mais o lugar contou para a resposta; o cinza contou pouco.
result-model = Modelo { $version }.
risk-title = Risco de ser maligna ou vir a ser
risk-range = Girada e espelhada, a mesma foto dá de { $low } a { $high }.
risk-explained = Como se todos os diagnósticos fossem igualmente comuns. Entre quem verifica uma pinta, o câncer é muito mais raro, então o risco real costuma ser menor. As cores mostram a partir de onde o Spotcheck aconselha pedir que olhem, e ir ao médico em breve.
one-of-explained = Em { $percent } dos casos como os que testaram o Spotcheck, o diagnóstico verdadeiro estava entre os citados.
wrong-title = Por que isto pode estar errado
wrong-despite = Você a usou mesmo assim, então a resposta é menos certa que o normal.
wrong-undecided = Vários diagnósticos combinam. O Spotcheck não consegue decidir entre eles.
wrong-measured = No teste, { $missed } dos melanomas passaram por não suspeitos, e { $alarmed } das manchas inofensivas receberam um aviso.
wrong-skin = O Spotcheck viu pouca pele escura, e poucas crianças, unhas e lábios. Ali ele tem menos certeza.
next-title = O que fazer agora
next-appointment-soon = Marque uma consulta com um dermatologista ou seu clínico para as próximas semanas.
next-appointment = Marque uma consulta com um dermatologista ou seu clínico, ou mostre a mancha na próxima visita.
next-show-photo = Mostre esta foto ao médico e diga desde quando a mancha existe e se ela mudou.
next-urgent = Se ela sangra, cresce depressa ou dói, não espere.
next-again = Olhe a mancha de novo daqui a uns três meses e tire outra foto.
next-watch = Vá ao médico se ela crescer, mudar de forma ou cor, coçar ou sangrar.
next-worry = Se ela preocupa você, vá ao médico mesmo assim.
next-try-again = Tente outra foto, com as dicas acima.
cannot-tell-why = Por que o Spotcheck não sabe dizer
photo-tips-title = Como tirar uma boa foto
photo-tip-distance = Chegue tão perto quanto a câmera ainda foca, mais ou menos um palmo, e deixe a mancha preencher metade da imagem.
photo-tip-light = Use luz do dia de lado, sem flash nem sombra.
photo-tip-focus = Toque na mancha para a câmera focar nela e não se mexa.
photo-tip-alone = Só uma mancha, no meio. Afaste os pelos e limpe o creme.

# Aprender.
learn-title = Aprender
abcde-title = A regra ABCDE
abcde-lead = O que os médicos procuram. Uma só destas coisas é motivo para mostrar uma mancha a um médico.
abcde-a = Assimetria: uma metade é diferente da outra.
abcde-b = Bordas: irregulares, recortadas ou borradas.
abcde-c = Cor: vários tons de marrom e preto, ou vermelho, branco ou azul.
abcde-d = Diâmetro: mais de uns 6 milímetros, ou crescendo.
abcde-e = Evolução: muda de tamanho, forma, cor ou sensação. É o que mais importa.
abcde-limits = Alguns melanomas quebram todas as regras: são pequenos, claros ou uniformes. Uma mancha diferente de todas as outras merece o olhar de um médico.
diagnoses-title = O que o Spotcheck reconhece
diagnoses-lead = Sete tipos de manchas. Ele não conhece mais nada: nem eczemas, nem verrugas de vírus, nem tumores sob a pele.
figures-title = Quão bom ele é
figures-lead = Medido em imagens com que o Spotcheck nunca aprendeu.
figures-dermatoscope = Imagens de dermatoscópio
figures-phone = Fotos comuns de telefone
figures-count = { $count } imagens
figures-interval = Entre parênteses: a faixa em que o valor está com 95% de confiança.
figure-interval = (de { $low } a { $high })
figure-balanced-accuracy = Diagnóstico certo, média dos sete tipos
figure-auroc = Uma mancha maligna recebe mais risco que uma benigna
figure-melanoma = Melanomas que recebem um aviso
figure-malignant = Manchas malignas que recebem um aviso
figure-specificity = Manchas benignas que não recebem nenhum
trained-title = Com o que aprendeu
trained-on = Com umas 8 mil imagens dermatoscópicas da Áustria e da Austrália (HAM10000) e algumas centenas de fotos de telefone do Brasil (PAD-UFES-20).
trained-less-sure = Quase todas mostram pele clara. Pele escura, crianças, unhas, mucosas e manchas sem pigmento são raras nelas ou faltam, então ali o Spotcheck tem menos certeza. No rosto e no couro cabeludo ele acerta menos que nas costas.

# Ajustes.
settings-language = Idioma
language-system = Como o sistema
settings-appearance = Aparência
appearance-system = Como o sistema
appearance-light = Clara
appearance-dark = Escura
settings-views = Minúcia
settings-views-lead = Olhar uma foto de vários lados deixa a resposta um pouco mais certa e demora mais.
views-one = Uma vez
views-four = Quatro vezes
views-eight = Oito vezes
settings-about = Sobre
settings-version = Spotcheck { $version }
about-model = O modelo
about-notices = Dados e pesos: origem e licença
about-licences = Bibliotecas e suas licenças
settings-delete = Apagar tudo
settings-delete-lead = Remove todas as verificações e os ajustes deste aparelho.
settings-delete-sure = Isto não pode ser desfeito. Apagar todas as verificações e os ajustes?
settings-delete-yes = Sim, apagar tudo
settings-not-saved = Não foi possível salvar os ajustes. Eles valem até você fechar o Spotcheck.
not-deleted = Nem tudo pôde ser apagado. Veja se a pasta do aplicativo aceita gravação.
