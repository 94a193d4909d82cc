# Was auf den Bildschirmen der App steht.

# Überall.
back = Zurück
cancel = Abbrechen
dismiss = Schließen
learn = Wissen
settings = Einstellungen
working = Einen Moment…
new-photo = Neues Foto
learn-more = Mehr dazu
broken = Spotcheck konnte das nicht beenden. Starten Sie die App neu; wenn es wieder geschieht, installieren Sie sie neu.
percent = { $value } %
percent-under-one = unter 1 %
percent-over-99 = über 99 %

# Dateien.
file-empty = Die Datei ist leer. Wählen Sie ein anderes Foto.
file-format = Das ist kein Foto, das Spotcheck lesen kann. Wählen Sie ein Bild in JPEG, PNG oder WebP.
file-too-large = Das Bild hat { $width } × { $height } Pixel, mehr als Spotcheck lesen kann. Wählen Sie ein kleineres.
file-truncated = Die Datei bricht vor ihrem Ende ab. Kopieren oder laden Sie sie noch einmal, oder wählen Sie ein anderes Foto.
file-damaged = Die Datei ist beschädigt. Wählen Sie ein anderes Foto.
file-unreadable = Die Datei war nicht lesbar. Wählen Sie sie noch einmal.
file-too-many-bytes = Die Datei hat mehr als 100 MB. Wählen Sie eine kleinere.

# Willkommen.
welcome-title = Willkommen bei Spotcheck
welcome-lead = Ein zweiter Blick auf ein Muttermal, das Sie beunruhigt, nur auf Ihrem Telefon.
welcome-does-title = Was es tut
welcome-does = Sie fotografieren eine Stelle auf Ihrer Haut. Spotcheck sagt, wie sie aussieht, wie sicher das ist und ob Sie zum Arzt gehen sollten.
welcome-private-title = Nichts verlässt Ihr Telefon
welcome-private = Fotos werden auf diesem Gerät beurteilt. Es gibt kein Konto, kein Hochladen und keine Verbindung ins Internet.
welcome-limits-title = Was es nicht ist
welcome-limits = Spotcheck ist kein Medizinprodukt und ersetzt keinen Arzt. Es übersieht manchen Hautkrebs und warnt vor vielen harmlosen Stellen. Wenn eine Stelle Sie beunruhigt, gehen Sie zum Arzt, was immer Spotcheck sagt.
welcome-agree = Ich habe verstanden
welcome-consent = Sie stimmen zu, Spotcheck nur zur Information zu benutzen.

# Start.
home-title = Welche Stelle sehen wir an?
home-lead = Gehen Sie nah heran, halten Sie still, sorgen Sie für gutes Licht.
home-take = Foto aufnehmen
home-choose = Foto auswählen
home-drop = Sie können auch ein Bild hierher ziehen oder einfügen.
home-checks = Letzte Prüfungen
home-empty = Noch nichts geprüft. Ihre Prüfungen erscheinen hier.
home-session = Bleibt, bis Sie Spotcheck schließen.

# Die Kamera am Schreibtisch.
camera-which = Kamera
camera-live = Livebild der Kamera
camera-shutter = Auslösen
camera-missing = Keine Kamera gefunden. Schließen Sie eine an und kommen Sie wieder, oder wählen Sie ein Foto aus.
camera-busy = Ein anderes Programm benutzt die Kamera. Schließen Sie es und kommen Sie wieder, oder wählen Sie ein Foto aus.
camera-forbidden = Spotcheck darf die Kamera nicht benutzen. Erlauben Sie es in den Einstellungen des Systems, oder wählen Sie ein Foto aus.
camera-broken = Die Kamera hat versagt. Ziehen Sie sie ab und stecken Sie sie wieder an, oder wählen Sie ein Foto aus.

# Ausschnitt.
frame-title = Stelle einrahmen
frame-lead = Verschieben und vergrößern Sie das Foto, bis die Stelle den Kreis füllt.
frame-viewport = Foto. Verschieben mit den Pfeiltasten, vergrößern mit Plus und Minus.
frame-empty = Es gibt kein Foto zum Einrahmen.
frame-good = Scharf und gut beleuchtet.
frame-assess = Diese Stelle prüfen
frame-anyway = Trotzdem verwenden
zoom = Vergrößerung
zoom-in = Vergrößern
zoom-out = Verkleinern

# Ergebnis.
result-title = Ergebnis
result-empty = Es gibt kein Ergebnis zu zeigen.
result-picture = Bild
result-photo = Foto
result-saliency = Wo es hinsah
result-crop = Die geprüfte Stelle
result-saliency-text = Wo Spotcheck hinsah: Je oranger, desto mehr sprach eine Stelle für die Antwort; Graues zählte wenig.
result-model = Modell { $version }.
risk-title = Risiko, dass es bösartig ist oder werden kann
risk-range = Gedreht und gespiegelt ergibt dasselbe Foto { $low } bis { $high }.
risk-explained = Als wären alle Diagnosen gleich häufig. Unter Menschen, die ein Muttermal prüfen, ist Krebs viel seltener; das wahre Risiko ist also meist kleiner. Die Farben zeigen, ab wo Spotcheck rät, es ansehen zu lassen und bald zum Arzt zu gehen.
one-of-explained = In { $percent } der Fälle, wie sie an Spotcheck geprüft wurden, war die wahre Diagnose unter den genannten.
wrong-title = Warum das falsch sein kann
wrong-despite = Sie haben es trotzdem verwendet; die Antwort ist also unsicherer als sonst.
wrong-undecided = Mehrere Diagnosen passen. Spotcheck kann sich nicht zwischen ihnen entscheiden.
wrong-measured = Im Test galten { $missed } der Melanome als unverdächtig, und { $alarmed } der harmlosen Stellen bekamen eine Warnung.
wrong-skin = Spotcheck hat wenig dunkle Haut gesehen und kaum Kinder, Nägel und Lippen. Dort ist es weniger sicher.
next-title = Was Sie jetzt tun können
next-appointment-soon = Vereinbaren Sie für die nächsten Wochen einen Termin in der Haut- oder Hausarztpraxis.
next-appointment = Vereinbaren Sie einen Termin in der Haut- oder Hausarztpraxis, oder zeigen Sie die Stelle beim nächsten Besuch.
next-show-photo = Zeigen Sie dort dieses Foto und sagen Sie, seit wann es die Stelle gibt und ob sie sich verändert hat.
next-urgent = Wenn sie blutet, schnell wächst oder schmerzt, warten Sie nicht.
next-again = Sehen Sie die Stelle in etwa drei Monaten wieder an und machen Sie ein neues Foto.
next-watch = Gehen Sie zum Arzt, wenn sie wächst, Form oder Farbe ändert, juckt oder blutet.
next-worry = Wenn sie Sie beunruhigt, gehen Sie trotzdem zum Arzt.
next-try-again = Versuchen Sie ein anderes Foto mit den Tipps oben.
cannot-tell-why = Warum Spotcheck es nicht beurteilen kann
photo-tips-title = So gelingt ein gutes Foto
photo-tip-distance = Gehen Sie so nah heran, wie die Kamera noch scharf stellt, etwa eine Handbreit; die Stelle soll etwa das halbe Bild füllen.
photo-tip-light = Nutzen Sie Tageslicht von der Seite, ohne Blitz und Schatten.
photo-tip-focus = Tippen Sie zum Scharfstellen auf die Stelle und halten Sie still.
photo-tip-alone = Nur eine Stelle in der Mitte. Schieben Sie Haare beiseite und wischen Sie Creme ab.

# Wissen.
learn-title = Wissen
abcde-title = Die ABCDE-Regel
abcde-lead = Worauf Ärzte achten. Eines davon ist Grund genug, eine Stelle einem Arzt zu zeigen.
abcde-a = Asymmetrie: Eine Hälfte gleicht der anderen nicht.
abcde-b = Begrenzung: ausgefranst, gezackt oder verwaschen.
abcde-c = Colorit (Farbe): mehrere Braun- und Schwarztöne, oder Rot, Weiß, Blau.
abcde-d = Durchmesser: mehr als etwa 6 Millimeter, oder wachsend.
abcde-e = Entwicklung: Größe, Form, Farbe oder Gefühl ändern sich. Das zählt am meisten.
abcde-limits = Manche Melanome brechen jede Regel: Sie sind klein, hell oder gleichmäßig. Eine Stelle, die anders aussieht als alle anderen, sollte ein Arzt sehen.
diagnoses-title = Was Spotcheck erkennen kann
diagnoses-lead = Sieben Arten von Stellen. Sonst kennt es nichts: keine Ekzeme, keine Viruswarzen, keine Geschwülste unter der Haut.
figures-title = Wie gut es ist
figures-lead = Gemessen an Bildern, an denen Spotcheck nie gelernt hat.
figures-dermatoscope = Bilder durch ein Dermatoskop
figures-phone = Einfache Telefonfotos
figures-count = { $count } Bilder
figures-interval = In Klammern: der Bereich, in dem der Wert mit 95 % Sicherheit liegt.
figure-interval = ({ $low } bis { $high })
figure-balanced-accuracy = Richtige Diagnose, im Mittel über die sieben Arten
figure-auroc = Eine bösartige Stelle bekommt ein höheres Risiko als eine gutartige
figure-melanoma = Melanome, vor denen gewarnt wird
figure-malignant = Bösartige Stellen, vor denen gewarnt wird
figure-specificity = Gutartige Stellen ohne Warnung
trained-title = Woran es gelernt hat
trained-on = An rund 8000 dermatoskopischen Bildern aus Österreich und Australien (HAM10000) und einigen hundert Telefonfotos aus Brasilien (PAD-UFES-20).
trained-less-sure = Fast alle zeigen helle Haut. Dunkle Haut, Kinder, Nägel, Schleimhäute und Stellen ohne Pigment sind darin selten oder fehlen; dort ist Spotcheck weniger sicher. Im Gesicht und auf der Kopfhaut ist es schlechter als auf dem Rücken.

# Einstellungen.
settings-language = Sprache
language-system = Wie das System
settings-appearance = Darstellung
appearance-system = Wie das System
appearance-light = Hell
appearance-dark = Dunkel
settings-views = Gründlichkeit
settings-views-lead = Ein Foto von mehreren Seiten anzusehen macht die Antwort etwas sicherer und dauert länger.
views-one = Einmal
views-four = Viermal
views-eight = Achtmal
settings-about = Über
settings-version = Spotcheck { $version }
about-model = Das Modell
about-notices = Daten und Gewichte: Herkunft und Lizenz
about-licences = Bibliotheken und ihre Lizenzen
settings-delete = Alles löschen
settings-delete-lead = Entfernt alle Prüfungen und Einstellungen von diesem Gerät.
settings-delete-sure = Das lässt sich nicht rückgängig machen. Alle Prüfungen und Einstellungen löschen?
settings-delete-yes = Ja, alles löschen
settings-not-saved = Die Einstellungen konnten nicht gesichert werden. Sie gelten, bis Sie Spotcheck schließen.
not-deleted = Nicht alles konnte gelöscht werden. Prüfen Sie, ob der Ordner der App beschreibbar ist.
