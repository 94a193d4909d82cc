# Was Spotcheck zu einem Foto sagt. Schlicht, ruhig, genau; kein Versprechen, kein Alarm.
# Die Schlüssel enden auf Namen aus dem Code: siehe crates/wording/src/lib.rs.

# Was zu tun ist.
triage-see-doctor-soon = Bald zum Arzt
triage-see-doctor-soon-advice = Spotcheck sieht Merkmale, die oft bei Hautkrebs vorkommen. Zeigen Sie diese Stelle bald einem Arzt, eher in Wochen als in Monaten. Viele solche Stellen erweisen sich als harmlos, aber nur eine Untersuchung kann das klären.
triage-have-it-looked-at = Ansehen lassen
triage-have-it-looked-at-advice = Spotcheck kann Hautkrebs hier nicht ausschließen. Zeigen Sie diese Stelle innerhalb des nächsten Monats einem Arzt, früher, wenn sie sich verändert, juckt oder blutet.
triage-nothing-suspicious = Nichts Verdächtiges gesehen
triage-nothing-suspicious-advice = Spotcheck hat auf diesem Foto nichts Verdächtiges gesehen. Das schließt Hautkrebs nicht aus: Wenn die Stelle neu ist, sich verändert, juckt, blutet oder Sie beunruhigt, gehen Sie trotzdem zum Arzt.
triage-cannot-tell = Nicht zu beurteilen
triage-cannot-tell-advice = Dieses Foto lässt keine Antwort zu. Wenn die Stelle Sie beunruhigt, gehen Sie zum Arzt; sonst versuchen Sie es mit einem anderen Foto.

# Warum es keine Antwort gibt.
doubt-quality = Das Foto ist nicht gut genug.
doubt-not-a-lesion = Das sieht nicht nach einer Stelle auf der Haut aus. Bringen Sie die Stelle in die Bildmitte; sie soll etwa das halbe Bild füllen.
doubt-unfamiliar = Das sieht anders aus als alles, woraus Spotcheck gelernt hat.
doubt-untested = Hier spricht nichts für eine Warnung. Aber es lagen zu wenige solche Bilder vor, um zu belegen, dass Spotcheck so eine Stelle harmlos nennen darf.

# Wie das Bild aufgenommen wurde.
kind-dermatoscope = Anscheinend mit einem Dermatoskop aufgenommen.
kind-plain-photo = Anscheinend ein einfaches Foto. Ein Dermatoskop zeigt mehr, deshalb ist Spotcheck hier weniger sicher: Seien Sie bei „nichts Verdächtiges“ vorsichtiger.
kind-unsure = Ob es mit einem Dermatoskop aufgenommen wurde, ist unsicher. Es wurde auf beide Arten beurteilt, und die vorsichtigere Antwort gilt.

# Die Diagnosen.
diagnosis-akiec = Aktinische Keratose oder Morbus Bowen
diagnosis-akiec-meaning = raue, schuppige, von der Sonne geschädigte Haut, aus der Hautkrebs entstehen kann
diagnosis-bcc = Basalzellkarzinom
diagnosis-bcc-meaning = der häufigste Hautkrebs; er wächst langsam und streut selten
diagnosis-bkl = Gutartige Keratose
diagnosis-bkl-meaning = ein harmloser Altersfleck oder eine warzenähnliche Wucherung
diagnosis-df = Dermatofibrom
diagnosis-df-meaning = ein harmloser, fester Knoten in der Haut
diagnosis-mel = Melanom
diagnosis-mel-meaning = ein Hautkrebs, der streuen kann und früh behandelt werden sollte
diagnosis-nv = Muttermal
diagnosis-nv-meaning = eine harmlose Ansammlung von Pigmentzellen
diagnosis-other = Etwas anderes
diagnosis-other-meaning = eine Entzündung oder eine seltenere Stelle, harmlos oder bösartig: Zeigen Sie sie einem Arzt
diagnosis-scc = Plattenepithelkarzinom
diagnosis-scc-meaning = ein Hautkrebs, der streuen kann und bald behandelt werden sollte
diagnosis-vasc = Gefäßfleck
diagnosis-vasc-meaning = eine harmlose Wucherung kleiner Blutgefäße oder eine Blutung unter der Haut

# Was an einem Foto nicht stimmen kann, mit Wert und Grenze.
quality-size = Zu klein: Das Quadrat um die Stelle hat { $value } Pixel Seitenlänge, nötig sind mindestens { $threshold }. Gehen Sie näher heran oder wählen Sie ein größeres Bild.
quality-focus = Unscharf: Schärfe { $value }, nötig ist mindestens { $threshold }. Halten Sie still, tippen Sie zum Scharfstellen auf die Stelle und bleiben Sie eine Handbreit entfernt.
quality-dark = Zu dunkel: Helligkeit { $value }, nötig ist mindestens { $threshold }. Gehen Sie ans Fenster oder machen Sie Licht.
quality-bright = Zu hell: Helligkeit { $value }, gut ist höchstens { $threshold }. Gehen Sie aus dem direkten Licht.
quality-glare = Spiegelung: { $value } des Bildes sind überstrahlt, gut sind höchstens { $threshold }. Schalten Sie den Blitz aus oder kippen Sie das Telefon ein wenig.
quality-colour = Das Foto hat keine Farbe ({ $value }, nötig sind mindestens { $threshold }). Ohne Farbe gibt es keine Antwort: Nehmen Sie es in Farbe auf, ohne Filter.
sides-left-out = Angesehen wurde nur das Quadrat in der Mitte; { $percent } des Fotos, an den Seiten, blieben außer Betracht. Liegt der Fleck nicht ganz in der Mitte, schneiden Sie das Foto zuerst auf ihn zu.

# Eine Beurteilung als Text.
risk = Risiko, dass die Stelle bösartig ist oder es werden kann: { $percent }
risk-basis = von hundert Stellen wie denen im Test, die so aussahen wie diese, waren etwa so viele bösartig; unter allen Menschen, die eine Stelle prüfen, ist Krebs seltener
despite-risk-melanoma = Das Risiko insgesamt ist gering, aber ein Melanom lässt sich nach diesem Foto nicht ausschließen: Darum sollte die Stelle angesehen werden.
despite-risk-something-else = Das Risiko insgesamt ist gering, aber die Stelle ähnelt etwas, worüber Spotcheck zu wenig weiß: Darum sollte sie angesehen werden.
despite-risk-most-probable = Das Risiko insgesamt ist gering, aber das, dem die Stelle am meisten ähnelt, ist nicht harmlos: Darum sollte sie angesehen werden.
risk-of-photo = Nach dem Foto allein wären es { $percent }.
because = Wegen Ihrer Angaben:
because-raises = { $what }: häufiger bösartig (Chancen mal { $odds })
because-lowers = { $what }: seltener bösartig (Chancen mal { $odds })
because-noticed = Sie haben etwas bemerkt ({ $what }). Das kann kein Foto entkräften: Zeigen Sie die Stelle einem Arzt.
person-age = Alter { $age }
person-female = Weiblich
person-male = Männlich
site-head-or-neck = Kopf oder Hals
site-trunk = Brust, Bauch oder Rücken
site-arm = Arm
site-leg = Bein
site-hand = Hand
site-foot = Fuß
of-thousand = Von 1000 Menschen mit dieser Antwort haben so viele etwas Bösartiges oder etwas, das es werden kann:
of-thousand-clinic = { $count } in einer Hautklinik, wo es { $share } von 1000 Stellen sind
of-thousand-worried = { $count } unter Menschen, die eine Stelle beunruhigt, wenn es { $share } von 1000 sind
of-thousand-everybody = { $count } unter allen, die irgendeine Stelle prüfen, wenn es { $share } von 1000 sind
of-thousand-few = weniger als 1
of-thousand-basis = Diese Anteile sind Beispiele, keine Messungen: Niemand hat gezählt, wer Spotcheck nutzt. Wie oft jede Antwort stimmt, wurde an Bildern gemessen, die wie dieses aufgenommen wurden.
looks-like = Sieht aus wie
one-of = Eine davon in { $percent } der Fälle, die denen im Test gleichen
all-probabilities = Alle Möglichkeiten
where-it-looked = Was für „{ $diagnosis }“ sprach (dichter: mehr)
malignant = bösartig oder kann es werden
no-medical-device = Spotcheck ist kein Medizinprodukt und ersetzt keinen Arzt.
model-licence = Gewichte: { $version }, Lizenz { $licence }.

# Die Kommandozeile.
assessed = { $count ->
    [one] 1 Foto beurteilt
   *[other] { $count } Fotos beurteilt
}
failed = { $count ->
    [one] 1 war nicht lesbar
   *[other] { $count } waren nicht lesbar
}
