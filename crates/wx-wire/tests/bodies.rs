//! Known answers of whole bodies, for each quirk that the service is known for.
//! All names, numbers and texts are invented.

mod bodies {
    mod account;
    mod login;
    mod sends;
    mod sync;
}
