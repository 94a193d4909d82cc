//! The root of the app and its routes.

mod dispatch;
mod shell;

use dioxus::prelude::*;
use dioxus_desktop::use_asset_handler;

use super::pictures;
use super::screens::{
    About, Backup, Camera, Compare, Frame, Home, Keep, Learn, Lock, Model, Patient, People, Quiz, Result,
    Round, Saved, SelfExamination, Settings, Signs, Spot, Spots,
};
use super::state::App;
use crate::platform;
use crate::settings::SettingsFile;
use shell::Shell;

/// Where one can be.
#[derive(Debug, Clone, PartialEq, Routable)]
#[rustfmt::skip]
pub enum Route {
    #[layout(Shell)]
        #[route("/")]
        Home {},
        #[route("/camera")]
        Camera {},
        #[route("/frame")]
        Frame {},
        #[route("/result")]
        Result {},
        #[route("/keep")]
        Keep {},
        #[route("/spots")]
        Spots {},
        #[route("/spot/:id")]
        Spot { id: String },
        #[route("/compare/:id")]
        Compare { id: String },
        #[route("/check/:id")]
        Saved { id: String },
        #[route("/round")]
        Round {},
        #[route("/people")]
        People {},
        #[route("/person/:id")]
        Patient { id: String },
        #[route("/lock")]
        Lock {},
        #[route("/backup")]
        Backup {},
        #[route("/model")]
        Model {},
        #[route("/learn")]
        Learn {},
        #[route("/signs")]
        Signs {},
        #[route("/self-examination")]
        SelfExamination {},
        #[route("/quiz")]
        Quiz {},
        #[route("/settings")]
        Settings {},
        #[route("/about/:page")]
        About { page: String },
}

/// The whole app.
#[component]
pub fn Root() -> Element {
    let app = use_hook(|| App::new(platform::here(), platform::here().data_folder().map(SettingsFile::new)));
    use_context_provider(|| app);
    use_asset_handler(pictures::NAME, move |request, responder| {
        pictures::answer(request.uri().path(), &app.archive_worker(), move |response| {
            responder.respond(response)
        });
    });
    rsx! {
        Router::<Route> {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::destination::Destination;
    use archive::record::{CheckId, PatientId, SpotId};

    #[test]
    fn every_destination_has_its_route() {
        let (spot, check, patient) = (SpotId::from(7), CheckId::from(8), PatientId::from(9));
        let id = |id: &dyn ToString| id.to_string();
        for (destination, route) in [
            (Destination::Home, Route::Home {}),
            (Destination::Camera, Route::Camera {}),
            (Destination::Frame, Route::Frame {}),
            (Destination::Result, Route::Result {}),
            (Destination::Keep, Route::Keep {}),
            (Destination::Spots, Route::Spots {}),
            (Destination::Spot(spot), Route::Spot { id: id(&spot) }),
            (Destination::Compare(spot), Route::Compare { id: id(&spot) }),
            (Destination::Check(check), Route::Saved { id: id(&check) }),
            (Destination::Round, Route::Round {}),
            (Destination::People, Route::People {}),
            (Destination::Patient(patient), Route::Patient { id: id(&patient) }),
            (Destination::Lock, Route::Lock {}),
            (Destination::Backup, Route::Backup {}),
            (Destination::Model, Route::Model {}),
            (Destination::Learn, Route::Learn {}),
            (Destination::Signs, Route::Signs {}),
            (Destination::SelfExamination, Route::SelfExamination {}),
            (Destination::Quiz, Route::Quiz {}),
            (Destination::Settings, Route::Settings {}),
            (Destination::About("privacy"), Route::About { page: "privacy".into() }),
        ] {
            assert_eq!(destination.to_string(), route.to_string());
            assert_eq!(destination.to_string().parse::<Route>().ok(), Some(route));
        }
    }
}
