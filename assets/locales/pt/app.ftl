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
home-session = O que não é guardado é esquecido quando você fecha o Spotcheck.

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
risk-explained = De cada cem manchas como as do teste que pareceram semelhantes ao Spotcheck, eram malignas mais ou menos tantas quanto indica a porcentagem. Eram manchas que preocupavam alguém: entre todas as pessoas que verificam uma pinta, o câncer é mais raro. As cores mostram a partir de onde o Spotcheck aconselha pedir que olhem, e ir ao médico em breve.
risk-plain = Isso foi medido com imagens de dermatoscópio. Para fotos comuns é menos certo: só { $count } estavam no teste.
one-of-explained = Em { $percent } dos casos como os que testaram o Spotcheck, o diagnóstico verdadeiro estava entre os citados.
wrong-title = Por que isto pode estar errado
wrong-despite = Você a usou mesmo assim, então a resposta é menos certa que o normal.
wrong-undecided = Vários diagnósticos combinam. O Spotcheck não consegue decidir entre eles.
wrong-measured = No teste, { $missed } dos melanomas passaram por não suspeitos, e { $alarmed } das manchas inofensivas receberam um aviso.
wrong-measured-phone = No teste com fotos comuns de celular, { $missed } de apenas { $melanomas } melanomas foram dados como não suspeitos, e { $alarmed } das manchas inofensivas receberam um aviso.
wrong-skin = O Spotcheck viu pouca pele escura, e poucas crianças, unhas e lábios. Ali ele tem menos certeza.
next-title = O que fazer agora
next-appointment-soon = Marque uma consulta com um dermatologista ou seu clínico para as próximas semanas.
next-appointment = Marque uma consulta com um dermatologista ou seu clínico dentro do próximo mês. Não espere por uma visita já marcada.
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
figure-balanced-accuracy = Diagnóstico mais provável certo, média dos sete tipos
figure-auroc = De uma mancha maligna e uma benigna, a maligna recebe o risco maior
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
settings-delete-lead = Remove todas as manchas, as verificações e os ajustes deste aparelho.
settings-delete-sure = Isto não pode ser desfeito. Apagar todas as manchas, as verificações e os ajustes?
settings-delete-yes = Sim, apagar tudo
settings-not-saved = Não foi possível salvar os ajustes. Eles valem até você fechar o Spotcheck.
not-deleted = Nem tudo pôde ser apagado. Veja se a pasta do aplicativo aceita gravação.

# Manchas ao longo do tempo.
spots-title = Suas manchas
spots-empty = Nenhuma mancha guardada ainda. Verifique uma foto e depois escolha “Guardar esta verificação”.
spots-count = Manchas: { $count }
show-more = Mostrar mais { $count }
due = Olhar de novo agora
due-title = Hora de olhar de novo
due-long = É hora de olhar de novo para esta mancha.
keep = Guardar esta verificação
keep-which = Qual mancha é?
keep-new = Uma mancha nova
keep-where = Onde ela fica?
keep-noticed = O que você notou
noticed-warning = Você notou uma mudança. É um motivo para mostrar a mancha a um médico em breve, mostre o que mostrar a foto.
keep-place-first = Toque primeiro no lugar do corpo.
keep-save = Salvar
spot-name = Nome, se quiser
spot-note = Anotação
spot-change = Nome, anotação, lugar, apagar
spot-check-again = Nova foto desta mancha
spot-checks = Verificações
spot-gone = Esta mancha não existe mais.
spot-delete = Apagar esta mancha
spot-delete-sure = Isto apaga para sempre a mancha com todas as fotos. Continuar?
check-delete = Apagar esta verificação
check-delete-sure = Isto apaga para sempre a verificação com suas fotos. Continuar?
check-gone = Esta verificação não existe mais.
delete-yes = Sim, apagar
remark-itches = Coça
remark-bleeds = Sangra
remark-grows = Cresce
look-again = Olhar de novo em
look-again-lead = A partir desse dia, o Spotcheck mostra a mancha na primeira tela enquanto suas manchas estiverem desbloqueadas. Ele não envia notificações.
calendar-title = Olhar a pele de novo (Spotcheck)
calendar-save = Salvar para o calendário
risk-short = risco: { $percent }
chart-title = Risco ao longo do tempo
chart-label = Risco em cada verificação, a mais antiga primeiro: { $risks }
chart-explained = As linhas mostram quanto diferem as vistas giradas e espelhadas de cada foto. Luz, distância e enquadramento já podem mudar o risco; um valor maior, sozinho, não prova mudança.
map = Mapa do corpo
map-at = Mapa do corpo: { $region }
map-side = Lado do corpo
map-front = De frente
map-back = De costas
map-how = Toque no lugar, ou mova a marca com as setas do teclado.
map-region = Ou escolha a parte do corpo
region-face = Rosto
region-head = Cabeça
region-neck = Pescoço
region-chest = Peito
region-belly = Barriga
region-upper-back = Parte de cima das costas
region-lower-back = Parte de baixo das costas
region-left-arm = Braço esquerdo
region-right-arm = Braço direito
region-left-leg = Perna esquerda
region-right-leg = Perna direita
home-not-kept = Não guardada: abra para guardar

# Comparar duas verificações.
compare = Comparar duas verificações
compare-title = { $spot }: antes e agora
compare-earlier = Antes
compare-later = Depois
compare-how = Como comparar
compare-beside = Lado a lado
compare-over = Uma sobre a outra
compare-slide = Quanto se vê da imagem anterior
compare-picture = Imagem de { $day }
compare-aligned = Quando o Spotcheck acha a borda da mancha nas duas imagens, ele desloca e gira a posterior sobre a anterior. Não a amplia: enquadre as duas do mesmo modo para comparar tamanhos.
changes-title = O que mudou
changes-no-outline = O Spotcheck não achou a borda da mancha nas duas imagens e não mediu nada. Compare-as a olho nu.
changes-explained = “Igual” quer dizer: não mais do que duas fotos da mesma mancha já diferem. Medido na imagem pelas cores, sem a rede neural. Uma mudança é motivo para ir ao médico; “igual” não é motivo para não ir.
measure-area = Tamanho na imagem (o zoom também o muda)
measure-asymmetry = Assimetria
measure-border = O quanto a borda é irregular (1: um círculo)
measure-colours = Variedade de cores
measure-no-size = Quantos milímetros ela tem não se pode saber por uma foto sem régua.
trend-less = menos
trend-same = igual
trend-more = mais

# O arquivo para o médico.
report-title = Para o médico
report-lead = Uma página por verificação: fotos, datas, números e até onde confiar neles. O arquivo não é criptografado.
report-save = Salvar como PDF
report-heading = Spotcheck: { $spot }
report-page = verificação { $page } de { $pages }
report-photo = A foto inteira
report-risk = Risco de ser maligna ou vir a ser: { $risk } (vistas da mesma foto: { $low } a { $high }), calculado para manchas como as que testaram o Spotcheck.
report-measured = Medido na imagem
report-noticed = O que a pessoa notou
report-limits = Feito pela rede neural do aplicativo, com uma imagem tirada por uma pessoa leiga. Não é um diagnóstico.
handed-over = Salvo: { $path }

# O bloqueio.
passphrase = Frase secreta
passphrase-new = Nova frase secreta, pelo menos { $least } caracteres
passphrase-again = A mesma de novo
passphrase-short = Pelo menos { $least } caracteres, por favor.
passphrase-unlike = As duas não são iguais.
lock-title = Suas manchas estão bloqueadas
lock-lead = Digite sua frase secreta para vê-las. Fotos podem ser verificadas sem ela.
lock-open = Desbloquear
lock-now = Bloquear agora
lock-wrong = A frase secreta está errada.
lock-wait = Muitas tentativas erradas. Tente de novo em { $seconds } s.
lock-needed = Suas manchas estão bloqueadas. Desbloqueie primeiro.
lock-no-key-store = Este aparelho não tem um cofre de chaves que o Spotcheck possa usar; só uma frase secreta pode proteger suas manchas.
lock-choose-title = Escolha uma frase secreta
lock-choose-lead = Suas manchas são guardadas criptografadas. Este aparelho não tem um cofre de chaves que o Spotcheck possa usar; por isso uma frase secreta tem de protegê-las.
lock-choose = Usar esta frase
lock-change-title = A frase secreta
lock-change = Mudar ou remover
lock-remove = Remover a frase secreta
lock-set = A frase secreta está definida.
lock-is-passphrase = Uma frase secreta protege suas manchas.
lock-is-key-store = Suas manchas estão criptografadas. A chave fica no cofre de chaves deste aparelho; quem puder desbloqueá-lo pode vê-las.
lock-is-none = Nada está guardado ainda. As manchas serão criptografadas com uma chave no cofre deste aparelho; uma frase secreta protege ainda mais.
lock-forget = Ninguém pode recuperar uma frase secreta esquecida. O que ela protege fica perdido, a não ser que você tenha um backup, que tem sua própria frase.
lock-after = Bloquear automaticamente depois de
lock-minutes = { $minutes } min sem toque
settings-lock = Bloqueio
settings-backup = Backup

# Backup.
backup-export = Salvar tudo
backup-export-lead = Manchas: { $spots }, verificações: { $checks }. Tudo vai para um só arquivo que só esta frase abre.
backup-export-do = Salvar backup
backup-partly = Salvo: { $path }. Verificações danificadas que faltam: { $count }.
backup-import = Recuperar
backup-import-lead = Traz um backup de volta. O que já está aqui fica como está.
backup-choose = Escolher um backup
backup-import-do = Abrir backup
backup-imported = Recuperado. Manchas: { $spots }, verificações: { $checks }.
backup-wrong = A frase secreta não abre este backup.
backup-none = Este arquivo não é um backup do Spotcheck.
backup-damaged = O backup está danificado ou incompleto. O que vinha antes do dano foi recuperado.
backup-file = O arquivo não pôde ser escrito ou lido. Veja se há espaço e se a pasta permite escrita.

# Quando o arquivo não pode ser usado.
archive-opening = Abrindo suas manchas…
archive-unusable = Suas manchas não podem ser abertas
archive-in-use = Outro Spotcheck está com elas abertas. Feche-o e reinicie o aplicativo.
archive-full = Não há mais espaço no aparelho. Libere algum e tente de novo; nada foi mudado.
archive-damaged = O arquivo está danificado e nada nele pôde ser lido. Apague tudo nos ajustes e recupere um backup.
archive-file = O arquivo não pode ser lido ou escrito. Veja se a pasta do aplicativo permite escrita.
archive-key-gone = Este aparelho não tem mais a chave das suas manchas. Apague tudo nos ajustes e recupere um backup.
archive-key-damaged = O arquivo com a chave está danificado. Apague tudo nos ajustes e recupere um backup.
archive-key-missing = Falta o arquivo que diz como a chave é guardada. Ponha-o de volta se puder; senão, apague tudo nos ajustes e recupere um backup.
archive-key-store = O cofre de chaves do aparelho não pôde ser usado. Desbloqueie-o e reinicie o aplicativo.
archive-newer = Isto foi escrito por um Spotcheck mais novo. Atualize o aplicativo.
archive-lost = Esta parte está danificada e não pode mais ser lida.
archive-not-erased = Apagado, mas ainda não eliminado do arquivo por falta de espaço. O Spotcheck tentará de novo na próxima vez que for iniciado.
archive-losses = Um dano foi encontrado. Manchas ou verificações que não podem mais ser lidas: { $count }. As outras estão aqui; podem faltar imagens. Salve um backup.
archive-rebuilt = O arquivo estava danificado. O que foi encontrado nele foi salvo; podem faltar imagens. Salve um backup.
