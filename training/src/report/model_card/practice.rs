//! What the card says to reviewers: what the app is for, who was looked at, and what its figures mean in practice.

use std::fmt::Write;

use net::modality::Modality;

use crate::report::practice::Practice;

/// Whom the model is meant for and whom not (CLEAR Derm, TRIPOD+AI item 3).
pub(super) const INTENDED: &str = "## What it is for, and what not

A second look at a single spot on an adult's skin, by the person or by somebody with a dermatoscope, to decide whether to see a doctor. It
replaces no examination, and a calm answer is no reason to put one off.

It was not made for, and not tested on: people under 18; nails, palms and soles, mucous membranes, the eyelids; open wounds and ulcers;
tattoos, scars and spots that were biopsied or treated before; spots without pigment beyond those that the sources hold; rashes, and
anything that covers more than the picture. Skin of the darkest tones is rare in every source (tables by skin below).

**Missing data.** Age, sex, place and skin tone are missing for part of the pictures, and stand as *unknown* in the tables by groups;
no figure fills them in. The ISIC archive's pictures come without what the diagnosis rests on.

**Never tested.** In a clinic; on photos that people took of themselves with this app; against the advice of a doctor on the same
spots; whether somebody who uses it sees a doctor sooner.

";

fn name(modality: Modality) -> &'static str {
    match modality {
        Modality::Dermatoscope => "dermatoscopic pictures",
        Modality::PlainPhoto => "plain photos",
    }
}

/// The tables of [`Practice`].
pub(super) fn write(text: &mut String, all: &[Practice]) {
    for of in all {
        let _ = writeln!(text, "## In practice: {}\n", name(of.modality));
        if let Some(retest) = &of.retest {
            let _ = writeln!(
                text,
                "**A second picture.** {} lesions have several held-back pictures. Of {} pairs {:.1} % get the same answer (both warned of, or\n\
                 neither); the median difference of the risk within a pair is {:.3}.\n",
                retest.lesions,
                retest.pairs,
                100.0 * retest.agree,
                retest.median_difference
            );
        }
        let _ = writeln!(
            text,
            "**Predictive values**, from the sensitivity and specificity of the *look* line:\n\n\
             | malignant among those who ask | warnings that are right | calm answers that are right |\n|---|---|---|"
        );
        for row in &of.predictive {
            let percent = |value: f64| format!("{:.1} %", 100.0 * value);
            let _ = writeln!(
                text,
                "| {} | {} | {:.2} % |",
                percent(row.share),
                percent(row.positive),
                100.0 * row.negative
            );
        }
        let _ = writeln!(
            text,
            "\n**Net benefit** (Vickers & Elkin 2006) for somebody who would want an examination from this risk on; examining nobody has 0:\n\n\
             | from a risk of | by the model's risk | examining every spot |\n|---|---|---|"
        );
        for row in &of.benefit {
            let _ = writeln!(
                text,
                "| {:.0} % | {:.3} | {:.3} |",
                100.0 * row.threshold,
                row.model,
                row.everybody
            );
        }
        let _ = writeln!(
            text,
            "\n**Melanomas that were called not suspicious**, {} of {} (the least risk first):\n",
            of.missed.len(),
            of.melanomas
        );
        if !of.missed.is_empty() {
            let _ = writeln!(text, "| what is known | most like | risk |\n|---|---|---|");
        }
        for row in &of.missed {
            let _ = writeln!(text, "| {} | {} | {:.3} |", row.what, row.taken_for, row.risk);
        }
        let _ = writeln!(text);
    }
}
