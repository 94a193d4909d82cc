# Lo que Spotcheck dice de una foto. Sencillo, sereno, exacto; sin promesas ni alarmas.
# Las claves terminan en nombres del código: véase crates/wording/src/lib.rs.

# Qué hacer.
triage-see-doctor-soon = Vaya pronto al médico
triage-see-doctor-soon-advice = Spotcheck ve rasgos frecuentes en el cáncer de piel. Muestre pronto esta mancha a un médico, en cuestión de semanas y no de meses. Muchas manchas así resultan inofensivas, pero solo un examen médico puede aclararlo.
triage-have-it-looked-at = Haga que la examinen
triage-have-it-looked-at-advice = Spotcheck no puede descartar aquí un cáncer de piel. Muestre esta mancha a un médico en el plazo de un mes, o antes si cambia, pica o sangra.
triage-nothing-suspicious = No se ha visto nada sospechoso
triage-nothing-suspicious-advice = Spotcheck no ha visto nada sospechoso en esta foto. Eso no descarta un cáncer de piel: si la mancha es nueva, cambia, pica, sangra o le preocupa, vaya al médico de todos modos.
triage-cannot-tell = No se puede saber
triage-cannot-tell-advice = Esta foto no permite dar una respuesta. Si la mancha le preocupa, vaya al médico; si no, pruebe con otra foto.

# Por qué no hay respuesta.
doubt-quality = La foto no es lo bastante buena.
doubt-not-a-lesion = Esto no parece una mancha en la piel. Ponga la mancha en el centro de la imagen, de modo que llene más o menos la mitad.
doubt-unfamiliar = Esto no se parece a nada de lo que Spotcheck ha visto al aprender.
doubt-untested = Nada aquí apunta a un aviso. Pero había muy pocas imágenes como esta para demostrar que Spotcheck puede llamar inofensiva a una mancha así.

# Cómo se tomó la imagen.
kind-dermatoscope = Parece tomada con un dermatoscopio.
kind-plain-photo = Parece una foto corriente. Un dermatoscopio muestra más, así que Spotcheck está aquí menos seguro: tome «nada sospechoso» con más cautela.
kind-unsure = No está claro si se tomó con un dermatoscopio. Se evaluó de las dos maneras y cuenta la respuesta más cautelosa.

# Los diagnósticos.
diagnosis-akiec = Queratosis actínica o enfermedad de Bowen
diagnosis-akiec-meaning = piel áspera y escamosa, dañada por el sol, que puede convertirse en cáncer
diagnosis-bcc = Carcinoma basocelular
diagnosis-bcc-meaning = el cáncer de piel más frecuente, que crece despacio y rara vez se extiende
diagnosis-bkl = Queratosis benigna
diagnosis-bkl-meaning = algo inofensivo: una mancha de la edad o un bulto parecido a una verruga
diagnosis-df = Dermatofibroma
diagnosis-df-meaning = un nódulo firme e inofensivo en la piel
diagnosis-mel = Melanoma
diagnosis-mel-meaning = un cáncer de piel que puede extenderse y debe tratarse pronto
diagnosis-nv = Lunar
diagnosis-nv-meaning = una acumulación inofensiva de células de pigmento
diagnosis-other = Otra cosa
diagnosis-other-meaning = una inflamación o una mancha menos frecuente, inofensiva o maligna: muéstrela a un médico
diagnosis-scc = Carcinoma espinocelular
diagnosis-scc-meaning = un cáncer de piel que puede extenderse y debe tratarse pronto
diagnosis-vasc = Mancha vascular
diagnosis-vasc-meaning = un crecimiento inofensivo de pequeños vasos sanguíneos o una hemorragia bajo la piel

# Lo que puede fallar en una foto, con su valor y su límite.
quality-size = Demasiado pequeña: el cuadrado alrededor de la mancha tiene { $value } píxeles de lado y hacen falta al menos { $threshold }. Acérquese o elija una imagen más grande.
quality-focus = Desenfocada: nitidez { $value }, hace falta al menos { $threshold }. No se mueva, toque la mancha en la pantalla para enfocarla y manténgase a la distancia del ancho de una mano.
quality-dark = Demasiado oscura: brillo { $value }, hace falta al menos { $threshold }. Vaya a una ventana o encienda una luz.
quality-bright = Demasiado clara: brillo { $value }, lo adecuado es { $threshold } como máximo. Salga de la luz directa.
quality-glare = Reflejos: { $value } de la imagen está quemado, lo adecuado es { $threshold } como máximo. Apague el flash o incline un poco el teléfono.
quality-colour = La foto no tiene color ({ $value }; se necesita al menos { $threshold }). Sin color no hay respuesta: hágala en color, sin filtro.
sides-left-out = Solo se ha mirado el cuadrado del centro; el { $percent } de la foto, a los lados, ha quedado fuera. Si la mancha no está entera en el centro, recorte antes la foto.

# Una evaluación como texto.
risk = Riesgo de que sea maligna o llegue a serlo: { $percent }
risk-basis = de cada cien manchas como las de la prueba y con este aspecto, aproximadamente ese número eran malignas; entre todas las personas que se revisan una mancha, el cáncer es menos frecuente
despite-risk-melanoma = El riesgo en conjunto es bajo, pero con esta foto no se puede descartar un melanoma: por eso conviene que la examinen.
despite-risk-something-else = El riesgo en conjunto es bajo, pero se parece a algo que Spotcheck conoce demasiado poco: por eso conviene que la examinen.
despite-risk-most-probable = El riesgo en conjunto es bajo, pero aquello a lo que más se parece no es inofensivo: por eso conviene que la examinen.
risk-of-photo = Solo por la foto sería del { $percent }.
because = Por lo que usted ha indicado:
because-raises = { $what }: maligno con más frecuencia (razón de probabilidades × { $odds })
because-lowers = { $what }: maligno con menos frecuencia (razón de probabilidades × { $odds })
because-noticed = Usted ha notado algo ({ $what }). Ninguna foto puede descartarlo: muestre la mancha a un médico.
person-age = Edad { $age }
person-female = Mujer
person-male = Hombre
site-head-or-neck = Cabeza o cuello
site-trunk = Pecho, vientre o espalda
site-arm = Brazo
site-leg = Pierna
site-hand = Mano
site-foot = Pie
of-thousand = De cada 1000 personas con esta respuesta, este es el número de las que tienen algo maligno o que puede llegar a serlo:
of-thousand-clinic = { $count } en una consulta de piel, donde lo son { $share } de cada 1000 manchas
of-thousand-worried = { $count } entre personas preocupadas por una mancha, si lo son { $share } de cada 1000
of-thousand-everybody = { $count } entre todos los que se revisan cualquier mancha, si lo son { $share } de cada 1000
of-thousand-few = menos de 1
of-thousand-basis = Estas proporciones son ejemplos, no mediciones: nadie ha contado quién usa Spotcheck. La frecuencia con que acierta cada respuesta se midió en imágenes tomadas como esta.
looks-like = Se parece a
one-of = Uno de estos en el { $percent } de los casos como los que se usaron para probar Spotcheck
all-probabilities = Todas las posibilidades
where-it-looked = Qué apuntaba a «{ $diagnosis }» (más denso: más)
malignant = maligno o puede llegar a serlo
no-medical-device = Spotcheck no es un dispositivo médico ni sustituye a un médico.
model-licence = Pesos: { $version }, con licencia { $licence }.

# La línea de órdenes.
assessed = { $count ->
    [one] 1 foto evaluada
   *[other] { $count } fotos evaluadas
}
failed = { $count ->
    [one] 1 no se pudo leer
   *[other] { $count } no se pudieron leer
}
