# Lo que dicen las pantallas de la aplicación.

# En todas partes.
back = Atrás
cancel = Cancelar
dismiss = Cerrar
learn = Aprender
settings = Ajustes
working = Un momento…
new-photo = Otra foto
learn-more = Saber más
broken = Spotcheck no ha podido terminar. Reinicie la aplicación; si vuelve a ocurrir, instálela de nuevo.
percent = { $value } %
percent-under-one = menos del 1 %
percent-over-99 = más del 99 %

# Archivos.
file-empty = El archivo está vacío. Elija otra foto.
file-format = Spotcheck no puede leer esta foto. Elija una imagen JPEG, PNG o WebP.
file-too-large = La imagen tiene { $width } × { $height } píxeles, más de los que Spotcheck puede leer. Elija una más pequeña.
file-truncated = El archivo está cortado antes del final. Cópielo o descárguelo otra vez, o elija otra foto.
file-damaged = El archivo está dañado. Elija otra foto.
file-unreadable = No se ha podido leer el archivo. Elíjalo otra vez.
file-too-many-bytes = El archivo tiene más de 100 MB. Elija uno más pequeño.

# Bienvenida.
welcome-title = Bienvenido a Spotcheck
welcome-lead = Una segunda mirada a un lunar que le preocupa, solo en su teléfono.
welcome-does-title = Qué hace
welcome-does = Usted toma una foto de una mancha en la piel. Spotcheck dice qué parece, con qué seguridad, y si conviene ir al médico.
welcome-private-title = Nada sale de su teléfono
welcome-private = Las fotos se evalúan en este dispositivo. No hay cuenta, ni envíos, ni conexión a internet.
welcome-limits-title = Qué no es
welcome-limits = Spotcheck no es un producto sanitario ni sustituye a un médico. Pasa por alto algunos cánceres de piel y avisa de muchas manchas inofensivas. Si una mancha le preocupa, vaya al médico, diga lo que diga Spotcheck.
welcome-agree = Lo entiendo
welcome-consent = Usted acepta usar Spotcheck solo como información.

# Inicio.
home-title = ¿Qué mancha miramos?
home-lead = Acérquese, no se mueva y busque buena luz.
home-take = Tomar una foto
home-choose = Elegir una foto
home-drop = También puede arrastrar una imagen aquí o pegarla.
home-checks = Últimas revisiones
home-empty = Aún no hay revisiones. Aparecerán aquí.
home-session = Lo que no se guarda se olvida al cerrar Spotcheck.

# La cámara del escritorio.
camera-which = Cámara
camera-live = Imagen en vivo de la cámara
camera-shutter = Tomar la foto
camera-missing = No se ha encontrado ninguna cámara. Conecte una y vuelva, o elija una foto.
camera-busy = Otro programa usa la cámara. Ciérrelo y vuelva, o elija una foto.
camera-forbidden = Spotcheck no tiene permiso para usar la cámara. Concédalo en los ajustes del sistema, o elija una foto.
camera-broken = La cámara ha fallado. Desconéctela y conéctela otra vez, o elija una foto.

# Encuadre.
frame-title = Encuadrar la mancha
frame-lead = Mueva y amplíe la foto hasta que la mancha llene el círculo.
frame-viewport = Foto. Muévala con las flechas, amplíe con más y menos.
frame-empty = No hay ninguna foto que encuadrar.
frame-good = Nítida y bien iluminada.
frame-assess = Revisar esta mancha
frame-anyway = Usarla de todos modos
zoom = Ampliación
zoom-in = Ampliar
zoom-out = Reducir

# Resultado.
result-title = Resultado
result-empty = No hay ningún resultado que mostrar.
result-picture = Imagen
result-photo = Foto
result-saliency = Dónde miró
result-crop = La mancha revisada
result-saliency-text = Dónde miró Spotcheck: cuanto más naranja, más contó ese lugar para la respuesta; lo gris contó poco.
result-model = Modelo { $version }.
risk-title = Riesgo de que sea maligna o llegue a serlo
risk-range = Girada y reflejada, la misma foto da de { $low } a { $high }.
risk-explained = De cada cien manchas como las de la prueba que a Spotcheck le parecieron similares, eran malignas aproximadamente tantas como indica el porcentaje. Eran manchas que preocupaban a alguien: entre todas las personas que revisan un lunar, el cáncer es más raro. Los colores muestran desde dónde Spotcheck aconseja que la miren, y desde dónde ir pronto al médico.
risk-plain = Se midió con imágenes tomadas con dermatoscopio. Para fotos corrientes es menos seguro: solo hubo { $count } en la prueba.
one-of-explained = En el { $percent } de los casos como los que se usaron para probar Spotcheck, el diagnóstico verdadero estaba entre los nombrados.
wrong-title = Por qué puede estar equivocado
wrong-despite = La ha usado de todos modos, así que la respuesta es menos segura que de costumbre.
wrong-undecided = Encajan varios diagnósticos. Spotcheck no puede decidir entre ellos.
wrong-measured = En la prueba, { $missed } de los melanomas pasaron por no sospechosos, y { $alarmed } de las manchas inofensivas recibieron un aviso.
wrong-measured-phone = En la prueba con fotos de móvil corrientes, { $missed } de solo { $melanomas } melanomas se dieron por no sospechosos, y el { $alarmed } de las manchas inofensivas recibió un aviso.
wrong-skin = Spotcheck ha visto poca piel oscura, y pocos niños, uñas y labios. Ahí está menos seguro.
next-title = Qué hacer ahora
next-appointment-soon = Pida cita con un dermatólogo o con su médico de cabecera para las próximas semanas.
next-appointment = Pida cita con un dermatólogo o con su médico de cabecera dentro del próximo mes. No espere a una visita que tenga de todos modos.
next-show-photo = Enseñe al médico esta foto y diga desde cuándo está la mancha y si ha cambiado.
next-urgent = Si sangra, crece deprisa o duele, no espere.
next-again = Vuelva a mirar la mancha dentro de unos tres meses y tome otra foto.
next-watch = Vaya al médico si crece, cambia de forma o color, pica o sangra.
next-worry = Si le preocupa, vaya al médico de todos modos.
next-try-again = Pruebe con otra foto, siguiendo los consejos de arriba.
cannot-tell-why = Por qué Spotcheck no puede saberlo
photo-tips-title = Cómo tomar una buena foto
photo-tip-distance = Acérquese tanto como la cámara pueda enfocar, a un palmo más o menos, y deje que la mancha llene la mitad de la imagen.
photo-tip-light = Use luz natural de lado, sin flash ni sombras.
photo-tip-focus = Toque la mancha para que la cámara la enfoque y no se mueva.
photo-tip-alone = Una sola mancha en el centro. Aparte el pelo y limpie la crema.

# Aprender.
learn-title = Aprender
abcde-title = La regla ABCDE
abcde-lead = En qué se fijan los médicos. Una sola de estas cosas es motivo para enseñar una mancha a un médico.
abcde-a = Asimetría: una mitad no es como la otra.
abcde-b = Bordes: irregulares, dentados o borrosos.
abcde-c = Color: varios tonos de marrón y negro, o rojo, blanco o azul.
abcde-d = Diámetro: más de unos 6 milímetros, o en aumento.
abcde-e = Evolución: cambia de tamaño, forma, color o sensación. Es lo que más importa.
abcde-limits = Algunos melanomas rompen todas las reglas: son pequeños, claros o uniformes. Una mancha distinta de todas las demás merece que la vea un médico.
diagnoses-title = Qué puede reconocer Spotcheck
diagnoses-lead = Siete tipos de manchas. No conoce nada más: ni eccemas, ni verrugas de virus, ni tumores bajo la piel.
figures-title = Qué tan bueno es
figures-lead = Medido en imágenes de las que Spotcheck nunca aprendió.
figures-dermatoscope = Imágenes de dermatoscopio
figures-phone = Fotos corrientes de teléfono
figures-count = { $count } imágenes
figures-interval = Entre paréntesis: el margen en que está la cifra con un 95 % de confianza.
figure-interval = (de { $low } a { $high })
figure-balanced-accuracy = Diagnóstico más probable acertado, media de los siete tipos
figure-auroc = De una mancha maligna y una benigna, la maligna recibe el riesgo mayor
figure-melanoma = Melanomas que reciben un aviso
figure-malignant = Manchas malignas que reciben un aviso
figure-specificity = Manchas benignas que no reciben ninguno
trained-title = De qué aprendió
trained-on = De unas 8000 imágenes dermatoscópicas de Austria y Australia (HAM10000) y unos cientos de fotos de teléfono de Brasil (PAD-UFES-20).
trained-less-sure = Casi todas muestran piel clara. La piel oscura, los niños, las uñas, las mucosas y las manchas sin pigmento son raras en ellas o faltan, así que ahí Spotcheck está menos seguro. En la cara y el cuero cabelludo acierta menos que en la espalda.

# Ajustes.
settings-language = Idioma
language-system = Como el sistema
settings-appearance = Apariencia
appearance-system = Como el sistema
appearance-light = Clara
appearance-dark = Oscura
settings-views = Minuciosidad
settings-views-lead = Mirar una foto desde varios lados hace la respuesta algo más segura y tarda más.
views-one = Una vez
views-four = Cuatro veces
views-eight = Ocho veces
settings-about = Acerca de
settings-version = Spotcheck { $version }
about-model = El modelo
about-notices = Datos y pesos: origen y licencia
about-licences = Bibliotecas y sus licencias
settings-delete = Borrar todo
settings-delete-lead = Quita todas las manchas, las revisiones y los ajustes de este dispositivo.
settings-delete-sure = No se puede deshacer. ¿Borrar todas las manchas, las revisiones y los ajustes?
settings-delete-yes = Sí, borrar todo
settings-not-saved = No se han podido guardar los ajustes. Valen hasta que cierre Spotcheck.
not-deleted = No se ha podido borrar todo. Compruebe que se pueda escribir en la carpeta de la aplicación.

# Lunares a lo largo del tiempo.
spots-title = Sus manchas
spots-empty = Aún no hay manchas guardadas. Revise una foto y elija después «Guardar esta revisión».
spots-count = Manchas: { $count }
show-more = Mostrar { $count } más
due = Volver a mirar ahora
due-title = Hora de volver a mirar
due-long = Es hora de volver a mirar esta mancha.
keep = Guardar esta revisión
keep-which = ¿Qué mancha es?
keep-new = Una mancha nueva
keep-where = ¿Dónde está?
keep-noticed = Lo que ha notado
noticed-warning = Ha notado un cambio. Es un motivo para enseñar la mancha pronto a un médico, muestre lo que muestre la foto.
keep-place-first = Toque primero el lugar en el cuerpo.
keep-save = Guardar
spot-name = Nombre, si quiere
spot-note = Nota
spot-change = Nombre, nota, lugar, borrar
spot-check-again = Nueva foto de esta mancha
spot-checks = Revisiones
spot-gone = Esta mancha ya no existe.
spot-delete = Borrar esta mancha
spot-delete-sure = Esto borra para siempre la mancha con todas sus fotos. ¿Continuar?
check-delete = Borrar esta revisión
check-delete-sure = Esto borra para siempre la revisión con sus fotos. ¿Continuar?
check-gone = Esta revisión ya no existe.
delete-yes = Sí, borrar
remark-itches = Pica
remark-bleeds = Sangra
remark-grows = Crece
look-again = Volver a mirar el
look-again-lead = Desde ese día, Spotcheck muestra la mancha en su primera pantalla mientras sus manchas estén desbloqueadas. No envía notificaciones.
calendar-title = Volver a mirar la piel (Spotcheck)
calendar-save = Guardar para el calendario
risk-short = riesgo: { $percent }
chart-title = Riesgo a lo largo del tiempo
chart-label = Riesgo en cada revisión, la más antigua primero: { $risks }
chart-explained = Las líneas muestran cuánto difieren las vistas giradas y reflejadas de cada foto. La luz, la distancia y el encuadre ya pueden mover el riesgo; una cifra más alta por sí sola no prueba un cambio.
map = Mapa del cuerpo
map-at = Mapa del cuerpo: { $region }
map-side = Lado del cuerpo
map-front = Delante
map-back = Detrás
map-how = Toque el lugar, o mueva la marca con las teclas de flecha.
map-region = O elija la parte del cuerpo
region-face = Cara
region-head = Cabeza
region-neck = Cuello
region-chest = Pecho
region-belly = Vientre
region-upper-back = Parte alta de la espalda
region-lower-back = Parte baja de la espalda
region-left-arm = Brazo izquierdo
region-right-arm = Brazo derecho
region-left-leg = Pierna izquierda
region-right-leg = Pierna derecha
home-not-kept = No guardada: ábrala para guardarla

# Comparar dos revisiones.
compare = Comparar dos revisiones
compare-title = { $spot }: antes y ahora
compare-earlier = Antes
compare-later = Después
compare-how = Cómo comparar
compare-beside = Una junto a otra
compare-over = Una sobre otra
compare-slide = Cuánto se ve de la imagen anterior
compare-picture = Imagen del { $day }
compare-aligned = Si Spotcheck encuentra el borde de la mancha en las dos imágenes, desplaza y gira la posterior sobre la anterior. No la amplía: encuadre las dos igual para comparar tamaños.
changes-title = Qué ha cambiado
changes-no-outline = Spotcheck no encontró el borde de la mancha en las dos imágenes y no midió nada. Compárelas a simple vista.
changes-explained = «Igual» significa: no más de lo que dos fotos de la misma mancha difieren de todos modos. Medido en la imagen por sus colores, sin la red neuronal. Un cambio es motivo para ir al médico; «igual» no es motivo para no ir.
measure-area = Tamaño en la imagen (el zoom también lo cambia)
measure-asymmetry = Asimetría
measure-border = Lo irregular del borde (1: un círculo)
measure-colours = Dispersión de colores
measure-no-size = Cuántos milímetros mide no se puede saber por una foto sin una regla en ella.
trend-less = menos
trend-same = igual
trend-more = más

# El archivo para el médico.
report-title = Para el médico
report-lead = Una página por revisión: fotos, fechas, cifras y hasta dónde fiarse de ellas. El archivo no está cifrado.
report-save = Guardar como PDF
report-heading = Spotcheck: { $spot }
report-page = revisión { $page } de { $pages }
report-photo = La foto entera
report-risk = Riesgo de que sea maligna o llegue a serlo: { $risk } (vistas de la misma foto: { $low } a { $high }), calculado para manchas como las que se usaron para probar Spotcheck.
report-measured = Medido en la imagen
report-noticed = Lo que la persona ha notado
report-limits = Hecho por la red neuronal de la aplicación, con una imagen tomada por una persona no experta. No es un diagnóstico.
handed-over = Guardado: { $path }

# El bloqueo.
passphrase = Frase de contraseña
passphrase-new = Nueva frase de contraseña, al menos { $least } caracteres
passphrase-again = La misma otra vez
passphrase-short = Al menos { $least } caracteres, por favor.
passphrase-unlike = Las dos no son iguales.
lock-title = Sus manchas están bloqueadas
lock-lead = Escriba su frase de contraseña para verlas. Se pueden revisar fotos sin ella.
lock-open = Desbloquear
lock-now = Bloquear ahora
lock-wrong = La frase de contraseña no es correcta.
lock-wait = Demasiados intentos fallidos. Inténtelo de nuevo en { $seconds } s.
lock-needed = Sus manchas están bloqueadas. Desbloquéelas primero.
lock-no-key-store = Este dispositivo no tiene un almacén de claves que Spotcheck pueda usar; solo una frase de contraseña puede proteger sus manchas.
lock-choose-title = Elija una frase de contraseña
lock-choose-lead = Sus manchas se guardan cifradas. Este dispositivo no tiene un almacén de claves que Spotcheck pueda usar; por eso debe protegerlas una frase de contraseña.
lock-choose = Usar esta frase
lock-change-title = La frase de contraseña
lock-change = Cambiarla o quitarla
lock-remove = Quitar la frase de contraseña
lock-set = La frase de contraseña está puesta.
lock-is-passphrase = Una frase de contraseña protege sus manchas.
lock-is-key-store = Sus manchas están cifradas. La clave está en el almacén de claves de este dispositivo; quien pueda desbloquearlo puede verlas.
lock-is-none = Aún no hay nada guardado. Las manchas se cifrarán con una clave en el almacén de este dispositivo; una frase de contraseña las protege más.
lock-forget = Nadie puede recuperar una frase de contraseña olvidada. Lo que protege se pierde entonces, salvo que tenga una copia de seguridad, que lleva su propia frase.
lock-after = Bloquear automáticamente tras
lock-minutes = { $minutes } min sin tocar
settings-lock = Bloqueo
settings-backup = Copia de seguridad

# Copia de seguridad.
backup-export = Guardar todo
backup-export-lead = Manchas: { $spots }, revisiones: { $checks }. Todo va a un archivo que solo se abre con esta frase de contraseña.
backup-export-do = Guardar copia
backup-partly = Guardado: { $path }. Revisiones dañadas que faltan: { $count }.
backup-import = Recuperar
backup-import-lead = Incorpora una copia de seguridad. Lo que ya está aquí queda como está.
backup-choose = Elegir una copia
backup-import-do = Abrir copia
backup-imported = Recuperado. Manchas: { $spots }, revisiones: { $checks }.
backup-wrong = La frase de contraseña no abre esta copia.
backup-none = Este archivo no es una copia de Spotcheck.
backup-damaged = La copia está dañada o incompleta. Lo anterior al daño se ha recuperado.
backup-file = El archivo no se pudo escribir o leer. Compruebe que hay espacio y que se puede escribir en la carpeta.

# Cuando el archivo no se puede usar.
archive-opening = Abriendo sus manchas…
archive-unusable = Sus manchas no se pueden abrir
archive-in-use = Otro Spotcheck las tiene abiertas. Ciérrelo y reinicie la aplicación.
archive-full = No queda espacio en el dispositivo. Libere algo e inténtelo de nuevo; no se ha cambiado nada.
archive-damaged = El archivo está dañado y no se pudo leer nada. Borre todo en los ajustes y recupere una copia de seguridad.
archive-file = El archivo no se puede leer o escribir. Compruebe que se puede escribir en la carpeta de la aplicación.
archive-key-gone = Este dispositivo ya no tiene la clave de sus manchas. Borre todo en los ajustes y recupere una copia de seguridad.
archive-key-damaged = El archivo con la clave está dañado. Borre todo en los ajustes y recupere una copia de seguridad.
archive-key-missing = Falta el archivo que dice cómo se guarda la clave. Devuélvalo a su sitio si puede; si no, borre todo en los ajustes y recupere una copia de seguridad.
archive-key-store = El almacén de claves del dispositivo no se pudo usar. Desbloquéelo y reinicie la aplicación.
archive-newer = Esto lo escribió un Spotcheck más nuevo. Actualice la aplicación.
archive-lost = Esta parte está dañada y ya no se puede leer.
archive-not-erased = Borrado, pero aún no eliminado del archivo por falta de espacio. Spotcheck lo intentará de nuevo la próxima vez que se inicie.
archive-losses = Se ha encontrado un daño. Manchas o revisiones que ya no se pueden leer: { $count }. Las demás están; puede que falten imágenes. Guarde una copia de seguridad.
archive-rebuilt = El archivo estaba dañado. Se ha salvado lo que se ha encontrado en él; puede que falten imágenes. Guarde una copia de seguridad.
