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
welcome-lead = A second look at a mole that worries you, on your phone alone.
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
home-session = Kept until you close Spotcheck.

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
risk-explained = As if every diagnosis were equally common. Among people who check a mole, cancer is far rarer, so the true risk is usually lower. The colours show where Spotcheck advises to have it looked at, and to see a doctor soon.
one-of-explained = In { $percent } of cases like those Spotcheck was tested on, the true diagnosis was among those named.
wrong-title = Why this may be wrong
wrong-despite = You used it anyway, so the answer is less sure than usual.
wrong-undecided = Several diagnoses fit. Spotcheck can't decide between them.
wrong-measured = In the test, { $missed } of the melanomas were called not suspicious, and { $alarmed } of the harmless spots got a warning.
wrong-skin = Spotcheck has seen little dark skin, and few children, nails and lips. It is less sure there.
next-title = What to do next
next-appointment-soon = Make an appointment with a dermatologist or your family doctor within the next weeks.
next-appointment = Make an appointment with a dermatologist or your family doctor, or show the spot at your next visit.
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
figure-balanced-accuracy = Diagnosis right, averaged over the seven kinds
figure-auroc = A malignant spot gets a higher risk than a benign one
figure-melanoma = Melanomas that get a warning
figure-malignant = Malignant spots that get a warning
figure-specificity = Benign spots that get none
trained-title = What it learnt from
trained-on = About 8,000 dermatoscopic pictures from Austria and Australia (HAM10000) and a few hundred phone photos from Brazil (PAD-UFES-20).
trained-less-sure = Nearly all show light skin. Dark skin, children, nails, mucous membranes and spots without pigment are rare in them or missing, so Spotcheck is less sure there. On the face and the scalp it does worse than on the back.

# Settings.
settings-language = Language
language-system = As the system
settings-appearance = Appearance
appearance-system = As the system
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
settings-delete-lead = Removes all checks and settings from this device.
settings-delete-sure = This can't be undone. Delete all checks and settings?
settings-delete-yes = Yes, delete everything
settings-not-saved = The settings could not be saved. They hold until you close Spotcheck.
not-deleted = Not everything could be deleted. Check that the app's folder can be written to.
