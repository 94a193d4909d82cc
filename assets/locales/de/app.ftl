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
home-session = Was nicht gespeichert ist, wird vergessen, wenn Sie Spotcheck schließen.

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
risk-explained = Von hundert Stellen wie denen im Test, die für Spotcheck ähnlich aussahen, waren etwa so viele bösartig, wie die Prozentzahl angibt. Das waren Stellen, die jemanden beunruhigt haben: Unter allen Menschen, die ein Muttermal prüfen, ist Krebs seltener. Die Farben zeigen, ab wo Spotcheck rät, es ansehen zu lassen und bald zum Arzt zu gehen.
risk-plain = Gemessen wurde das an Bildern durch ein Dermatoskop. Für einfache Fotos ist es weniger sicher: Nur { $count } waren im Test.
one-of-explained = In { $percent } der Fälle, wie sie an Spotcheck geprüft wurden, war die wahre Diagnose unter den genannten.
wrong-title = Warum das falsch sein kann
wrong-despite = Sie haben es trotzdem verwendet; die Antwort ist also unsicherer als sonst.
wrong-undecided = Mehrere Diagnosen passen. Spotcheck kann sich nicht zwischen ihnen entscheiden.
wrong-measured = Im Test galten { $missed } der Melanome als unverdächtig, und { $alarmed } der harmlosen Stellen bekamen eine Warnung.
wrong-measured-phone = Im Test mit einfachen Handyfotos galten { $missed } von nur { $melanomas } Melanomen als unverdächtig, und { $alarmed } der harmlosen Stellen bekamen eine Warnung.
wrong-skin = Spotcheck hat wenig dunkle Haut gesehen und kaum Kinder, Nägel und Lippen. Dort ist es weniger sicher.
next-title = Was Sie jetzt tun können
next-appointment-soon = Vereinbaren Sie für die nächsten Wochen einen Termin in der Haut- oder Hausarztpraxis.
next-appointment = Vereinbaren Sie innerhalb des nächsten Monats einen Termin in der Haut- oder Hausarztpraxis. Warten Sie nicht auf einen Besuch, der ohnehin ansteht.
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
figure-balanced-accuracy = Wahrscheinlichste Diagnose richtig, im Mittel über die sieben Arten
figure-auroc = Von einer bösartigen und einer gutartigen Stelle bekommt die bösartige das höhere Risiko
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
settings-delete-lead = Entfernt alle Stellen, Prüfungen und Einstellungen von diesem Gerät.
settings-delete-sure = Das lässt sich nicht rückgängig machen. Alle Stellen, Prüfungen und Einstellungen löschen?
settings-delete-yes = Ja, alles löschen
settings-not-saved = Die Einstellungen konnten nicht gesichert werden. Sie gelten, bis Sie Spotcheck schließen.
not-deleted = Nicht alles konnte gelöscht werden. Prüfen Sie, ob der Ordner der App beschreibbar ist.

# Stellen über die Zeit.
spots-title = Ihre Stellen
spots-empty = Noch keine Stelle gespeichert. Prüfen Sie ein Foto und wählen Sie dann „Diese Prüfung speichern“.
spots-count = Stellen: { $count }
show-more = { $count } weitere zeigen
due = Jetzt wieder ansehen
due-title = Zeit, wieder hinzusehen
due-long = Es ist Zeit, diese Stelle wieder anzusehen.
keep = Diese Prüfung speichern
keep-which = Welche Stelle ist es?
keep-new = Eine neue Stelle
keep-where = Wo ist sie?
keep-noticed = Was Ihnen aufgefallen ist
noticed-warning = Ihnen ist eine Veränderung aufgefallen. Das ist ein Grund, die Stelle bald einem Arzt zu zeigen, was auch immer das Foto zeigt.
keep-place-first = Tippen Sie zuerst auf den Ort am Körper.
keep-save = Speichern
spot-name = Name, wenn Sie möchten
spot-note = Notiz
spot-change = Name, Notiz, Ort, löschen
spot-check-again = Neues Foto dieser Stelle
spot-checks = Prüfungen
spot-gone = Diese Stelle gibt es nicht mehr.
spot-delete = Diese Stelle löschen
spot-delete-sure = Das löscht die Stelle mit allen Fotos endgültig. Fortfahren?
check-delete = Diese Prüfung löschen
check-delete-sure = Das löscht die Prüfung mit ihren Fotos endgültig. Fortfahren?
check-gone = Diese Prüfung gibt es nicht mehr.
delete-yes = Ja, löschen
remark-itches = Sie juckt
remark-bleeds = Sie blutet
remark-grows = Sie wächst
look-again = Wieder ansehen am
look-again-lead = Ab diesem Tag zeigt Spotcheck die Stelle auf dem ersten Bildschirm, solange Ihre Stellen aufgeschlossen sind. Eine Mitteilung schickt es nicht.
calendar-title = Haut wieder ansehen (Spotcheck)
calendar-save = Für den Kalender speichern
risk-short = Risiko { $percent }
chart-title = Risiko über die Zeit
chart-label = Risiko bei jeder Prüfung, die älteste zuerst: { $risks }
chart-explained = Die Striche zeigen, wie weit gedrehte und gespiegelte Ansichten eines Fotos auseinanderliegen. Schon Licht, Abstand und Ausschnitt können das Risiko verschieben; ein höherer Wert allein beweist keine Veränderung.
map = Karte des Körpers
map-at = Karte des Körpers: { $region }
map-side = Seite des Körpers
map-front = Vorne
map-back = Hinten
map-how = Tippen Sie auf den Ort, oder bewegen Sie die Marke mit den Pfeiltasten.
map-region = Oder wählen Sie den Körperteil
region-face = Gesicht
region-head = Kopf
region-neck = Hals
region-chest = Brust
region-belly = Bauch
region-upper-back = Oberer Rücken
region-lower-back = Unterer Rücken
region-left-arm = Linker Arm
region-right-arm = Rechter Arm
region-left-leg = Linkes Bein
region-right-leg = Rechtes Bein
home-not-kept = Nicht behalten: zum Behalten öffnen

# Zwei Prüfungen vergleichen.
compare = Zwei Prüfungen vergleichen
compare-title = { $spot }: damals und jetzt
compare-earlier = Früher
compare-later = Später
compare-how = Art des Vergleichs
compare-beside = Nebeneinander
compare-over = Übereinander
compare-slide = Wie viel vom früheren Bild zu sehen ist
compare-picture = Bild vom { $day }
compare-aligned = Findet Spotcheck den Rand der Stelle auf beiden Bildern, verschiebt und dreht es das spätere über das frühere. Vergrößert wird nichts: Wählen Sie den Ausschnitt gleich, um Größen zu vergleichen.
changes-title = Was sich verändert hat
changes-no-outline = Spotcheck fand den Rand der Stelle nicht auf beiden Bildern und hat darum nichts gemessen. Vergleichen Sie mit dem Auge.
changes-explained = „Gleich“ heißt: kein größerer Unterschied, als ihn zwei Fotos derselben Stelle ohnehin zeigen. Gemessen an den Farben des Bildes, ohne das neuronale Netz. Eine Veränderung ist ein Grund, zum Arzt zu gehen; „gleich“ ist kein Grund, es zu lassen.
measure-area = Größe im Bild (auch Zoomen ändert sie)
measure-asymmetry = Asymmetrie
measure-border = Wie zackig der Rand ist (1: ein Kreis)
measure-colours = Streuung der Farben
measure-no-size = Wie viele Millimeter es sind, lässt sich einem Foto ohne Maßstab nicht entnehmen.
trend-less = weniger
trend-same = gleich
trend-more = mehr

# Die Datei für den Arzt.
report-title = Für den Arzt
report-lead = Eine Seite für jede Prüfung: Fotos, Datum, Zahlen, und wie weit diesen zu trauen ist. Die Datei ist nicht verschlüsselt.
report-save = Als PDF speichern
report-heading = Spotcheck: { $spot }
report-page = Prüfung { $page } von { $pages }
report-photo = Das ganze Foto
report-risk = Risiko, dass es bösartig ist oder werden kann: { $risk } (Ansichten desselben Fotos: { $low } bis { $high }), bezogen auf Stellen wie die, an denen Spotcheck geprüft wurde.
report-measured = Am Bild gemessen
report-noticed = Was der Person aufgefallen ist
report-limits = Vom neuronalen Netz der App erstellt, anhand eines Bildes, das ein Laie aufgenommen hat. Es ist keine Diagnose.
handed-over = Gespeichert: { $path }

# Das Schloss.
passphrase = Passphrase
passphrase-new = Neue Passphrase, mindestens { $least } Zeichen
passphrase-again = Noch einmal dieselbe
passphrase-short = Bitte mindestens { $least } Zeichen.
passphrase-unlike = Die beiden sind nicht gleich.
lock-title = Ihre Stellen sind verschlossen
lock-lead = Geben Sie Ihre Passphrase ein, um sie zu sehen. Fotos lassen sich auch ohne sie prüfen.
lock-open = Aufschließen
lock-now = Jetzt verschließen
lock-wrong = Die Passphrase ist falsch.
lock-wait = Zu viele falsche Versuche. Versuchen Sie es in { $seconds } s wieder.
lock-needed = Ihre Stellen sind verschlossen. Schließen Sie sie zuerst auf.
lock-no-key-store = Dieses Gerät hat keinen Schlüsselspeicher, den Spotcheck nutzen kann; nur eine Passphrase kann Ihre Stellen schützen.
lock-choose-title = Passphrase wählen
lock-choose-lead = Ihre Stellen werden verschlüsselt gespeichert. Dieses Gerät hat keinen Schlüsselspeicher, den Spotcheck nutzen kann; darum muss eine Passphrase sie schützen.
lock-choose = Diese Passphrase verwenden
lock-change-title = Die Passphrase
lock-change = Ändern oder entfernen
lock-remove = Passphrase entfernen
lock-set = Die Passphrase gilt.
lock-is-passphrase = Eine Passphrase schützt Ihre Stellen.
lock-is-key-store = Ihre Stellen sind verschlüsselt. Der Schlüssel liegt im Schlüsselspeicher dieses Geräts; wer das Gerät entsperren kann, kann sie sehen.
lock-is-none = Noch ist nichts gespeichert. Stellen werden mit einem Schlüssel im Schlüsselspeicher dieses Geräts verschlüsselt; eine Passphrase schützt sie zusätzlich.
lock-forget = Niemand kann eine vergessene Passphrase zurückholen. Was sie schützt, ist dann verloren, außer Sie haben eine Sicherung; die hat eine eigene Passphrase.
lock-after = Von selbst verschließen nach
lock-minutes = { $minutes } min ohne Berührung
settings-lock = Schloss
settings-backup = Sicherung

# Sicherung.
backup-export = Alles sichern
backup-export-lead = Stellen: { $spots }, Prüfungen: { $checks }. Alles kommt in eine Datei, die nur diese Passphrase öffnet.
backup-export-do = Sicherung speichern
backup-partly = Gespeichert: { $path }. Beschädigte Prüfungen, die fehlen: { $count }.
backup-import = Zurückholen
backup-import-lead = Nimmt eine Sicherung auf. Was schon da ist, bleibt, wie es ist.
backup-choose = Sicherung wählen
backup-import-do = Sicherung öffnen
backup-imported = Zurückgeholt. Stellen: { $spots }, Prüfungen: { $checks }.
backup-wrong = Die Passphrase öffnet diese Sicherung nicht.
backup-none = Diese Datei ist keine Sicherung von Spotcheck.
backup-damaged = Die Sicherung ist beschädigt oder unvollständig. Was vor dem Schaden kam, wurde zurückgeholt.
backup-file = Die Datei ließ sich nicht schreiben oder lesen. Prüfen Sie, ob Platz ist und der Ordner beschreibbar ist.

# Wenn das Archiv sich nicht nutzen lässt.
archive-opening = Ihre Stellen werden geöffnet …
archive-unusable = Ihre Stellen lassen sich nicht öffnen
archive-in-use = Ein anderes Spotcheck hat sie geöffnet. Schließen Sie es und starten Sie die App neu.
archive-full = Auf dem Gerät ist kein Platz mehr. Schaffen Sie welchen und versuchen Sie es wieder; nichts wurde verändert.
archive-damaged = Die Datei ist beschädigt, und nichts darin war lesbar. Löschen Sie in den Einstellungen alles und holen Sie eine Sicherung zurück.
archive-file = Die Datei lässt sich nicht lesen oder schreiben. Prüfen Sie, ob der Ordner der App beschreibbar ist.
archive-key-gone = Dieses Gerät hat den Schlüssel Ihrer Stellen nicht mehr. Löschen Sie in den Einstellungen alles und holen Sie eine Sicherung zurück.
archive-key-damaged = Die Datei mit dem Schlüssel ist beschädigt. Löschen Sie in den Einstellungen alles und holen Sie eine Sicherung zurück.
archive-key-missing = Die Datei, die sagt, wie der Schlüssel aufbewahrt ist, fehlt. Legen Sie sie zurück, wenn Sie können; sonst löschen Sie in den Einstellungen alles und holen eine Sicherung zurück.
archive-key-store = Der Schlüsselspeicher des Geräts ließ sich nicht nutzen. Entsperren Sie ihn und starten Sie die App neu.
archive-newer = Das hat ein neueres Spotcheck geschrieben. Aktualisieren Sie die App.
archive-lost = Dieser Teil ist beschädigt und nicht mehr lesbar.
archive-not-erased = Gelöscht, aber aus Platzmangel noch nicht aus der Datei getilgt. Beim nächsten Start versucht Spotcheck es wieder.
archive-losses = Ein Schaden wurde gefunden. Stellen oder Prüfungen, die nicht mehr lesbar sind: { $count }. Die anderen sind da; Bilder können fehlen. Speichern Sie eine Sicherung.
archive-rebuilt = Die Datei war beschädigt. Was sich darin fand, wurde gerettet; Bilder können fehlen. Speichern Sie eine Sicherung.
