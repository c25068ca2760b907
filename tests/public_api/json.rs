//! Values of claims.

use countersign::json::{Json, Object};

#[test]
fn a_value_is_of_one_type() {
    let values = [
        Json::Null,
        Json::Bool(true),
        Json::Number(1.5),
        Json::String("a".into()),
        Json::Array(vec![Json::Null]),
        Json::Object(Object::from([("b".into(), Json::Number(2.0))])),
    ];
    let texts: Vec<_> = values.iter().map(Json::as_str).collect();
    assert_eq!(texts, [None, None, None, Some("a"), None, None]);
    let numbers: Vec<_> = values.iter().map(Json::as_f64).collect();
    assert_eq!(numbers, [None, None, Some(1.5), None, None, None]);
    let arrays: Vec<_> = values.iter().map(Json::as_array).collect();
    assert_eq!(arrays, [None, None, None, None, Some(&[Json::Null][..]), None]);
    let objects: Vec<_> = values.iter().map(|value| value.as_object()?.get("b")?.as_f64()).collect();
    assert_eq!(objects, [None, None, None, None, None, Some(2.0)]);
    assert_eq!(Json::String("b".into()).as_str(), Some("b"));
    assert_eq!(Json::Number(-2.0).as_f64(), Some(-2.0));
    assert_eq!(Json::Array(Vec::new()).as_array(), Some(&[][..]));
    assert_eq!(Json::Object(Object::new()).as_object(), Some(&Object::new()));
}
