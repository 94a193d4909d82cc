# What the app's screens say.

# Everywhere.
back = Back
cancel = Cancel
dismiss = Close
learn = Learn
settings = Settings
working = One moment…
new-photo = New photo
learn-more = Learn more
broken = Spotcheck could not finish this. Start the app again; if it happens again, install it anew.
percent = { $value }%
percent-under-one = under 1%
percent-over-99 = over 99%

# Files.
file-empty = The file is empty. Choose another photo.
file-format = This is no photo that Spotcheck can read. Choose a JPEG, PNG or WebP picture.
file-too-large = The picture has { $width } × { $height } pixels, more than Spotcheck can read. Choose a smaller one.
file-truncated = The file is cut off before its end. Copy or download it again, or choose another photo.
file-damaged = The file is damaged. Choose another photo.
file-unreadable = The file could not be read. Choose it again.
file-too-many-bytes = The file has more than 100 MB. Choose a smaller one.

# Welcome.
welcome-title = Welcome to Spotcheck
welcome-lead = A second look at a mole that worries you, entirely on your phone.
welcome-does-title = What it does
welcome-does = You take a photo of a spot on your skin. Spotcheck says what it looks like, how sure it is, and whether to see a doctor.
welcome-private-title = Nothing leaves your phone
welcome-private = Photos are assessed on this device. There is no account, no upload and no connection to the internet.
welcome-limits-title = What it is not
welcome-limits = Spotcheck is no medical device and no replacement for a doctor. It misses some skin cancers and warns about many harmless spots. If a spot worries you, see a doctor, whatever Spotcheck says.
welcome-agree = I understand
welcome-consent = You agree to use Spotcheck for information only.

# Home.
home-title = Which spot shall we look at?
home-lead = Go close, hold still, and have good light.
home-take = Take a photo
home-choose = Choose a photo
home-drop = You can also drop a picture here, or paste one.
home-checks = Last checks
home-empty = Nothing checked yet. Your checks will appear here.
home-session = What is not kept is forgotten when you close Spotcheck.

# The desktop's camera.
camera-which = Camera
camera-live = Live picture of the camera
camera-shutter = Take the photo
camera-missing = No camera was found. Plug one in and come back, or choose a photo.
camera-busy = Another program uses the camera. Close it and come back, or choose a photo.
camera-forbidden = Spotcheck may not use the camera. Allow it in the system's settings, or choose a photo.
camera-broken = The camera failed. Unplug it and plug it in again, or choose a photo.

# Frame.
frame-title = Frame the spot
frame-lead = Move and zoom the photo until the spot fills the circle.
frame-viewport = Photo. Move it with the arrow keys, zoom with plus and minus.
frame-empty = There is no photo to frame.
frame-good = Sharp and well lit.
frame-assess = Check this spot
frame-anyway = Use it anyway
zoom = Zoom
zoom-in = Zoom in
zoom-out = Zoom out

# Result.
result-title = Result
result-empty = There is no result to show.
result-picture = Picture
result-photo = Photo
result-saliency = Where it looked
result-crop = The spot that was checked
result-saliency-text = Where Spotcheck looked: the more orange, the more a place spoke for the answer; grey places mattered little.
result-model = Model { $version }.
risk-title = Risk that it is malignant or may become so
risk-range = Turned and mirrored, the same photo gives { $low } to { $high }.
risk-explained = Of a hundred spots like those it was tested on that looked like this to Spotcheck, about as many were malignant as the percentage says. Those were spots that worried somebody: among all people who check a mole, cancer is rarer. The colours show where Spotcheck advises to have it looked at, and to see a doctor soon.
risk-plain = This was measured on pictures through a dermatoscope. For plain photos it is less certain: only { $count } were in the test.
one-of-explained = In { $percent } of cases like those Spotcheck was tested on, the true diagnosis was among those named.
wrong-title = Why this may be wrong
wrong-despite = You used it anyway, so the answer is less sure than usual.
wrong-undecided = Several diagnoses fit. Spotcheck can't decide between them.
wrong-measured = In the test, { $missed } of the melanomas were called not suspicious, and { $alarmed } of the harmless spots got a warning.
wrong-measured-phone = In the test with plain phone photos, { $missed } of only { $melanomas } melanomas were called not suspicious, and { $alarmed } of the harmless spots got a warning.
wrong-skin = Spotcheck has seen little dark skin, and few children, nails and lips. It is less sure there.
next-title = What to do next
next-appointment-soon = Make an appointment with a dermatologist or your family doctor within the next weeks.
next-appointment = Make an appointment with a dermatologist or your family doctor within the next month. Don't wait for a visit that is due anyway.
next-show-photo = Show the doctor this photo, and say since when the spot has been there and whether it has changed.
next-urgent = If it bleeds, grows quickly or hurts, don't wait.
next-again = Look at the spot again in about three months, and take another photo.
next-watch = See a doctor if it grows, changes its shape or colour, itches or bleeds.
next-worry = If it worries you, see a doctor all the same.
next-try-again = Try another photo, with the tips above.
cannot-tell-why = Why Spotcheck can't tell
photo-tips-title = How to take a good photo
photo-tip-distance = Go as close as the camera still focuses, about a hand's width, and let the spot fill about half of the picture.
photo-tip-light = Use daylight from the side, without flash or shadow.
photo-tip-focus = Tap the spot so that the camera focuses on it, and hold still.
photo-tip-alone = Only one spot in the middle. Move hair aside and wipe off cream.

# Learn.
learn-title = Learn
abcde-title = The ABCDE rule
abcde-lead = What doctors look for. One of these is a reason to show a spot to a doctor.
abcde-a = Asymmetry: one half is unlike the other.
abcde-b = Border: ragged, notched or blurred.
abcde-c = Colour: several shades of brown and black, or red, white or blue.
abcde-d = Diameter: more than about 6 millimetres, or growing.
abcde-e = Evolving: it changes in size, shape, colour, or how it feels. This matters most.
abcde-limits = Some melanomas break every rule: they are small, pale or even. A spot that looks unlike all your others deserves a doctor's look.
diagnoses-title = What Spotcheck can recognise
diagnoses-lead = Seven kinds of spots. It knows nothing else: not eczema, warts from viruses, or tumours under the skin.
figures-title = How good it is
figures-lead = Measured on pictures that Spotcheck never learnt from.
figures-dermatoscope = Pictures through a dermatoscope
figures-phone = Plain phone photos
figures-count = { $count } pictures
figures-interval = In brackets: the range in which the figure lies with 95% confidence.
figure-interval = ({ $low } to { $high })
figure-balanced-accuracy = Most probable diagnosis right, averaged over the seven kinds
figure-auroc = Of a malignant and a benign spot, the malignant one gets the higher risk
figure-melanoma = Melanomas that get a warning
figure-malignant = Malignant spots that get a warning
figure-specificity = Benign spots that get none
trained-title = What it learnt from
trained-on = About 8,000 dermatoscopic pictures from Austria and Australia (HAM10000) and a few hundred phone photos from Brazil (PAD-UFES-20).
trained-less-sure = Nearly all show light skin. Dark skin, children, nails, mucous membranes and spots without pigment are rare in them or missing, so Spotcheck is less sure there. On the face and the scalp it does worse than on the back.

# Settings.
settings-language = Language
language-system = Same as the device
settings-appearance = Appearance
appearance-system = Same as the device
appearance-light = Light
appearance-dark = Dark
settings-views = Thoroughness
settings-views-lead = Looking at a photo from several sides makes the answer a little surer and takes longer.
views-one = Once
views-four = Four times
views-eight = Eight times
settings-about = About
settings-version = Spotcheck { $version }
about-model = The model
about-notices = Data and weights: sources and licence
about-licences = Libraries and their licences
settings-delete = Delete everything
settings-delete-lead = Removes all spots, checks and settings from this device.
settings-delete-sure = This can't be undone. Delete all spots, checks and settings?
settings-delete-yes = Yes, delete everything
settings-not-saved = The settings could not be saved. They hold until you close Spotcheck.
not-deleted = Not everything could be deleted. Check that the app's folder can be written to.

# Spots over time.
spots-title = Your spots
spots-empty = No spots kept yet. Check a photo, then choose "Keep this check".
spots-count = Spots: { $count }
show-more = Show { $count } more
due = Look again now
due-title = Time to look again
due-long = It is time to look at this spot again.
keep = Keep this check
keep-which = Which spot is it?
keep-new = A new spot
keep-where = Where is it?
keep-noticed = What you noticed
noticed-warning = You noticed a change. That is a reason to show the spot to a doctor soon, whatever the photo shows.
keep-place-first = Tap the place on the body first.
keep-save = Save
spot-name = Name (optional)
spot-note = Note
spot-change = Edit or delete this spot
spot-check-again = New photo of this spot
spot-checks = Checks
spot-gone = There is no such spot any more.
spot-delete = Delete this spot
spot-delete-sure = This deletes the spot with all its photos for good. Go on?
check-delete = Delete this check
check-delete-sure = This deletes the check with its photos for good. Go on?
check-gone = There is no such check any more.
delete-yes = Yes, delete
remark-itches = It itches
remark-bleeds = It bleeds
remark-grows = It grows
look-again = Check again on
look-again-lead = From that day on, Spotcheck shows the spot on its first screen while your spots are unlocked. It sends no notification.
calendar-title = Look at your skin again (Spotcheck)
calendar-save = Save for the calendar
risk-short = risk { $percent }
chart-title = Risk over time
chart-label = Risk at each check, oldest first: { $risks }
chart-explained = The lines show how far turned and mirrored views of each photo disagree. Light, distance and framing alone can move the risk; one higher figure is no proof of change.
map = Map of the body
map-at = Map of the body: { $region }
map-side = Side of the body
map-front = Front
map-back = Back
map-how = Tap the place, or move the mark with the arrow keys.
map-region = Or choose the part of the body
region-face = Face
region-head = Head
region-neck = Neck
region-chest = Chest
region-belly = Belly
region-upper-back = Upper back
region-lower-back = Lower back
region-left-arm = Left arm
region-right-arm = Right arm
region-left-leg = Left leg
region-right-leg = Right leg
home-not-kept = Not kept: open it to keep it

# Comparing two checks.
compare = Compare two checks
compare-title = { $spot }: then and now
compare-earlier = Earlier
compare-later = Later
compare-how = How to compare
compare-beside = Side by side
compare-over = Overlay
compare-slide = How much of the earlier picture is seen
compare-picture = Picture of { $day }
compare-aligned = Where Spotcheck finds the edge of the spot on both pictures, it moves and turns the later one to lie over the earlier one. It never scales it: frame both alike to compare sizes.
changes-title = What has changed
changes-no-outline = Spotcheck could not find the edge of the spot on both pictures, so it measured nothing. Compare them by eye.
changes-explained = "Same" means: the difference is no larger than two photos of an unchanged spot can show anyway. Measured on the picture by its colours, without the neural network. A change is a reason to see a doctor; "same" is no reason not to.
measure-area = Size in the picture (zooming changes it too)
measure-asymmetry = Asymmetry
measure-border = How ragged the edge is (1: a circle)
measure-colours = Spread of colours
measure-no-size = How many millimetres it is can't be known from a photo without a ruler in it.
trend-less = less
trend-same = same
trend-more = more

# The file for the doctor.
report-title = For the doctor
report-lead = One page for each check: photos, dates, figures, and how far to trust them. The file is not encrypted.
report-save = Save as PDF
report-heading = Spotcheck: { $spot }
report-page = check { $page } of { $pages }
report-photo = The whole photo
report-risk = Risk that it is malignant or may become so: { $risk } (views of the same photo: { $low } to { $high }), for spots like those that Spotcheck was tested on.
report-measured = Measured on the picture
report-noticed = What the person noticed
report-limits = Made by the app's neural network from a picture that a layperson took. It is no diagnosis.
handed-over = Saved: { $path }

# The lock.
passphrase = Passphrase
passphrase-new = New passphrase, at least { $least } characters
passphrase-again = Repeat the passphrase
passphrase-short = At least { $least } characters, please.
passphrase-unlike = The two passphrases are not alike.
lock-title = Your spots are locked
lock-lead = Enter your passphrase to see them. Photos can be checked without it.
lock-open = Unlock
lock-now = Lock now
lock-wrong = The passphrase is wrong.
lock-wait = Too many wrong tries. Try again in { $seconds } s.
lock-needed = Your spots are locked. Unlock them first.
lock-no-key-store = This device has no store for keys that Spotcheck can use, so only a passphrase can protect your spots.
lock-choose-title = Choose a passphrase
lock-choose-lead = Your spots are kept encrypted. This device has no store for keys that Spotcheck can use, so a passphrase has to protect them.
lock-choose = Use this passphrase
lock-change-title = The passphrase
lock-change = Change or remove it
lock-remove = Remove the passphrase
lock-set = The passphrase is set.
lock-is-passphrase = A passphrase protects your spots.
lock-is-key-store = Your spots are encrypted. The key lies in this device's key store, so whoever can unlock the device can see them.
lock-is-none = Nothing is kept yet. Spots will be encrypted with a key in this device's key store; a passphrase protects them further.
lock-forget = Nobody can bring back a forgotten passphrase. What it protects is lost then, unless you have a backup, which has a passphrase of its own.
lock-after = Lock automatically after
lock-minutes = { $minutes } min without a touch
settings-lock = Lock
settings-backup = Backup

# Backup.
backup-export = Save everything
backup-export-lead = Spots: { $spots }, checks: { $checks }. All of it goes into one file that only this passphrase opens.
backup-export-do = Save backup
backup-partly = Saved: { $path }. Checks that are damaged and were left out: { $count }.
backup-import = Restore
backup-import-lead = Adds the spots of a backup. What is here already stays as it is.
backup-choose = Choose a backup
backup-import-do = Open backup
backup-imported = Restored. Spots: { $spots }, checks: { $checks }.
backup-wrong = The passphrase does not open this backup.
backup-none = This file is no Spotcheck backup.
backup-damaged = The backup is damaged or incomplete. What came before the damage was restored.
backup-file = The file could not be written or read. Check that there is room and that the folder can be written to.

# When the archive can't be used.
archive-opening = Opening your spots…
archive-unusable = Your spots can't be opened
archive-in-use = Another Spotcheck has them open. Close it and start the app again.
archive-full = There is no room left on the device. Make some and try again; nothing was changed.
archive-damaged = The file is damaged and nothing in it could be read. Bring back a backup after deleting everything in the settings.
archive-file = The file can't be read or written. Check that the app's folder can be written to.
archive-key-gone = This device does not hold the key of your spots any more. Bring back a backup after deleting everything in the settings.
archive-key-damaged = The file that holds the key is damaged. Bring back a backup after deleting everything in the settings.
archive-key-missing = The file that tells how the key is kept is missing. Put it back if you can; else bring back a backup after deleting everything in the settings.
archive-key-store = The device's store for keys could not be used. Unlock it and start the app again.
archive-newer = A newer Spotcheck wrote this. Update the app.
archive-lost = This part is damaged and can't be read any more.
archive-not-erased = Deleted, but not yet wiped from the file, for want of room. Spotcheck tries again at the next start.
archive-losses = Damage was found. Spots or checks that can't be read any more: { $count }. The others are there, but pictures may be missing. Save a backup.
archive-rebuilt = The file was damaged. What could be found in it was rescued; pictures may be missing. Save a backup.
