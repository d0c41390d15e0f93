//! `wx logout`: ends the session at the server.

use crate::app::App;
use crate::error::Error;

pub(super) async fn run(app: &App) -> Result<(), Error> {
    app.beside(async |client| Ok(client.logout().await?))
        .await?;
    app.done("logged out");
    Ok(())
}
