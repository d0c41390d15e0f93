//! The script grammar beside a JavaScript engine.

use boa_engine::object::builtins::JsArray;
use boa_engine::{Context, JsString, JsValue, Source};
use wx_wire::script::{self, Value};

/// What the endpoints ask a script for.
const PATHS: [&[&str]; 6] = [
    &["window", "code"],
    &["window", "redirect_uri"],
    &["window", "userAvatar"],
    &["window", "QRLogin", "uuid"],
    &["window", "synccheck", "retcode"],
    &["window", "synccheck", "selector"],
];

/// What the service's scripts find in a page. As in a browser, `window` cannot be replaced.
const PAGE: &str = "Object.defineProperty(globalThis, 'window', {value: globalThis}); \
                    var QRLogin = {}, synccheck = {};";

/// Reads any bytes as a script, and evaluates what was read.
///
/// # Panics
///
/// If a value that an endpoint would ask for differs from the one after the script has run.
/// A script that the engine refuses, or that throws, is skipped: our reader is more tolerant
/// than a browser.
pub fn script_boa(bytes: &[u8]) {
    let Ok(script) = script::parse(bytes) else {
        return;
    };
    if PATHS
        .iter()
        .all(|path| script.value(&path.join(".")).is_none())
    {
        return;
    }
    let mut context = Context::default();
    let page = context.eval(Source::from_bytes(PAGE));
    assert!(page.is_ok(), "{page:?}");
    if context.eval(Source::from_bytes(bytes)).is_err() {
        return;
    }
    for path in PATHS {
        if let (Some(ours), Some(theirs)) =
            (script.value(&path.join(".")), reached(path, &mut context))
        {
            assert!(
                same(ours, &theirs, &mut context),
                "{path:?}: {ours:?}, {theirs:?}"
            );
        }
    }
}

/// The value at a path; nothing if a part of the path is not an object, since members of
/// other values cannot be set.
fn reached(path: &[&str], context: &mut Context) -> Option<JsValue> {
    let mut value = JsValue::from(context.global_object());
    for name in path {
        value = value
            .as_object()?
            .get(JsString::from(*name), context)
            .ok()?;
    }
    Some(value)
}

fn same(ours: &Value<'_>, theirs: &JsValue, context: &mut Context) -> bool {
    match ours {
        Value::Null => theirs.is_null(),
        Value::Undefined => theirs.is_undefined(),
        Value::Bool(ours) => theirs.as_boolean() == Some(*ours),
        Value::Integer(ours) => theirs.as_number() == Some(*ours as f64),
        Value::Number(ours) => theirs.as_number().is_some_and(|theirs| ours.parse() == Ok(theirs)),
        Value::Text(ours) => {
            let theirs = theirs.as_string().map(|theirs| theirs.to_std_string_lossy());
            theirs.is_some_and(|theirs| theirs == **ours)
        }
        Value::Array(ours) => {
            let array = theirs.as_object().and_then(|object| JsArray::from_object(object.clone()).ok());
            let Some(array) = array else {
                return false;
            };
            array.length(context) == Ok(ours.len() as u64)
                && ours.iter().enumerate().all(|(at, ours)| {
                    let theirs = array.get(at as u64, context);
                    theirs.is_ok_and(|theirs| same(ours, &theirs, context))
                })
        }
        Value::Object(members) => members.iter().all(|(name, _)| {
            // `__proto__` sets the prototype, and the engine renames numeric keys.
            if name == "__proto__" || name.starts_with(|c: char| c.is_ascii_digit()) {
                return true;
            }
            let theirs = theirs.as_object().map(|object| object.get(JsString::from(&**name), context));
            let ours_now = ours.member(name);
            matches!((ours_now, theirs), (Some(ours), Some(Ok(theirs))) if same(ours, &theirs, context))
        }),
        _ => false,
    }
}
