# What Spotcheck says about a photo. Plain, calm, exact; no promise, no alarm.
# Keys end in the names that the code uses: see crates/wording/src/lib.rs.

# What to do.
triage-see-doctor-soon = See a doctor soon
triage-see-doctor-soon-advice = Spotcheck sees features that are often found in skin cancer. Show this spot to a doctor soon, within weeks rather than months. Many spots like it turn out to be harmless, but only an examination can tell.
triage-have-it-looked-at = Have it looked at
triage-have-it-looked-at-advice = Spotcheck can't rule out skin cancer here. Show this spot to a doctor within the next month, sooner if it changes, itches or bleeds.
triage-nothing-suspicious = Nothing suspicious seen
triage-nothing-suspicious-advice = Spotcheck saw nothing suspicious in this photo. That does not rule out skin cancer: if the spot is new, changes, itches, bleeds or worries you, see a doctor all the same.
triage-cannot-tell = Can't tell
triage-cannot-tell-advice = This photo doesn't allow an answer. If the spot worries you, see a doctor; otherwise try another photo.

# Why there is no answer.
doubt-quality = The photo isn't good enough.
doubt-not-a-lesion = This doesn't look like a spot on the skin. Put the spot in the middle of the picture and fill about half of it.
doubt-unfamiliar = This looks unlike anything Spotcheck has learnt from.
doubt-untested = Nothing here calls for a warning. But there were too few pictures like this to prove that Spotcheck may call such a spot harmless.

# How the picture was taken.
kind-dermatoscope = Taken through a dermatoscope, it seems.
kind-plain-photo = A plain photo, it seems. A dermatoscope shows more, so Spotcheck is less sure here: take "nothing suspicious" with more care.
kind-unsure = Whether it was taken through a dermatoscope is unsure. It was judged both ways, and the more cautious answer counts.

# The diagnoses. Weights trained for another skin problem bring other names.
diagnosis-akiec = Actinic keratosis or Bowen's disease
diagnosis-akiec-meaning = rough, scaly skin damaged by the sun, which can turn into skin cancer
diagnosis-bcc = Basal cell carcinoma
diagnosis-bcc-meaning = the most common skin cancer, which grows slowly and rarely spreads
diagnosis-bkl = Benign keratosis
diagnosis-bkl-meaning = a harmless age spot or wart-like growth
diagnosis-df = Dermatofibroma
diagnosis-df-meaning = a harmless firm knot in the skin
diagnosis-mel = Melanoma
diagnosis-mel-meaning = a skin cancer that can spread and should be treated early
diagnosis-nv = Mole
diagnosis-nv-meaning = a harmless collection of pigment cells
diagnosis-other = Something else
diagnosis-other-meaning = an inflammation, or a harmless or malignant spot of a rarer kind: show it to a doctor
diagnosis-scc = Squamous cell carcinoma
diagnosis-scc-meaning = a skin cancer that can spread and should be treated soon
diagnosis-vasc = Blood vessel spot
diagnosis-vasc-meaning = a harmless growth of small blood vessels or a bleeding under the skin

# What can be wrong with a photo, with its figure and the line.
quality-size = Too small: the square around the spot has { $value } pixels a side, at least { $threshold } are needed. Go closer, or choose a larger picture.
quality-focus = Out of focus: sharpness { $value }, at least { $threshold } is needed. Hold still, tap the spot to focus, and keep a hand's width away.
quality-dark = Too dark: brightness { $value }, at least { $threshold } is needed. Go to a window or turn on a light.
quality-bright = Too bright: brightness { $value }, at most { $threshold } is good. Step out of direct light.
quality-glare = Glare: { $value } of the picture is burnt out, at most { $threshold } is good. Turn off the flash or tilt the phone a little.
quality-colour = The photo has no colour ({ $value }, at least { $threshold } is needed). Without colour there is no answer: take it in colour, without a filter.
sides-left-out = Only the square in the middle was looked at; { $percent } of the photo, at its sides, was left out. If part of the spot lies outside that square, crop the photo to the spot first.

# An assessment as text.
risk = Risk that it is malignant or may become so: { $percent }
risk-basis = of a hundred spots like those it was tested on that looked like this, about as many were malignant; among all people who check a spot, cancer is rarer
despite-risk-melanoma = The overall risk is low, but this photo can't rule out melanoma: that is why it should be looked at.
despite-risk-something-else = The overall risk is low, but the spot resembles something that Spotcheck knows too little about: that is why it should be looked at.
despite-risk-most-probable = The overall risk is low, but what the spot resembles most is not harmless: that is why it should be looked at.
risk-of-photo = By the photo alone it would be { $percent }.
because = Because of what you entered:
because-raises = { $what }: more often malignant (odds times { $odds })
because-lowers = { $what }: less often malignant (odds times { $odds })
because-noticed = You noticed a change ({ $what }). No photo can rule that out: show the spot to a doctor.
person-age = Age { $age }
person-female = Female
person-male = Male
site-head-or-neck = Head or neck
site-trunk = Chest, belly or back
site-arm = Arm
site-leg = Leg
site-hand = Hand
site-foot = Foot
of-thousand = Of 1,000 people who get this answer, this many have something that is malignant or may become so:
of-thousand-clinic = { $count } in a skin clinic, where { $share } in 1,000 spots are
of-thousand-worried = { $count } among people worried by a spot, if { $share } in 1,000 are
of-thousand-everybody = { $count } among everybody who checks any spot, if { $share } in 1,000 are
of-thousand-few = fewer than 1
of-thousand-basis = These shares are examples, not measurements: nobody has counted who uses Spotcheck. How often each answer is right was measured on pictures taken like this one.
looks-like = Looks like
one-of = One of these in { $percent } of cases like those Spotcheck was tested on
all-probabilities = All possibilities
where-it-looked = What counted towards “{ $diagnosis }” (denser: more)
malignant = malignant or may become so
no-medical-device = Spotcheck is no medical device and no replacement for a doctor.
model-licence = Weights: { $version }, licensed under { $licence }.

# The command line.
assessed = { $count ->
    [one] 1 photo assessed
   *[other] { $count } photos assessed
}
failed = { $count ->
    [one] 1 could not be read
   *[other] { $count } could not be read
}
