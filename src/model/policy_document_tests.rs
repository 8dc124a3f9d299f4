//! What the provider makes of arguments, and what is kept of those that are not known.
//!
//! Every text without a hole was compared with what version 5.100.0 of the AWS provider wrote.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{MOST_STATEMENTS, complete};
use crate::address::{ModulePath, Name, Reference, Subject};
use crate::source::{Sources, Span};
use crate::value::{Cause, Data, Fields, Origin, SequenceKind, Text, Unknown, Value, json};

/// Arguments written as JSON: `"?x"` is unknown because of `var.x`, `"x?"` a string that ends in something
/// unknown, `"…"` at the end of a list stands for more, `{"json": …}` for the text of a document, and
/// `{"either": […]}` for one of several values.
fn given(text: &str) -> BTreeMap<Name, Value> {
    let value = json::decode(&Text::known(text)).unwrap_or_else(Value::string);
    prepared(&value).as_mapping().map(Fields::to_map).unwrap_or_default()
}

fn variable(name: &str) -> Unknown {
    let subject = Subject::Variable(name.into());
    Unknown::because(Cause::Variable(Reference { module: ModulePath::root(), subject }))
}

fn prepared(value: &Value) -> Value {
    match &value.data {
        Data::String(text) => match text.as_known() {
            Some(known) if known.starts_with('?') => Value::unknown(variable(known.trim_start_matches('?'))),
            Some(known) if known.ends_with('?') => {
                let mut built = crate::value::text::TextBuilder::default();
                built.push_str(known.trim_end_matches('?'));
                built.push_hole(Arc::new(variable("x")));
                Value::new(Data::String(built.build()))
            }
            Some(_) | None => value.clone(),
        },
        Data::Sequence(_, elements, _) => {
            let is_more = |element: &Value| element.as_str() == Some("…");
            let more = elements.last().filter(|last| is_more(last)).map(|_| Arc::new(variable("more")));
            let shown = elements.iter().filter(|element| !is_more(element)).map(prepared).collect();
            Value::new(Data::Sequence(SequenceKind::Tuple, shown, more))
        }
        Data::Mapping(_, entries) => match (entries.get("json"), entries.get("either")) {
            (Some(document), _) => Value::new(Data::String(json::encode(&prepared(document)))),
            (None, Some(alternatives)) => {
                let mut unknown = variable("either");
                unknown.one_of = alternatives
                    .as_sequence()
                    .map_or(Vec::new(), |(all, _)| all.iter().map(prepared).collect());
                Value::unknown(unknown)
            }
            (None, None) => {
                Value::object(entries.iter().map(|(name, value)| (name.clone(), prepared(value))).collect())
            }
        },
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Unknown(_) => value.clone(),
    }
}

/// The compact text, with `…` for each hole; or the message.
fn text(arguments: &str) -> String {
    let mut entries = given(arguments);
    let messages = complete(&mut entries, &Origin::Nowhere);
    if !messages.is_empty() {
        return messages.join("; ");
    }
    match entries.get("minified_json").map(|value| &value.data) {
        Some(Data::String(text)) => text.shown(),
        other => format!("{other:?}"),
    }
}

/// The document beside the text: unknowns as `?`, alternatives in parentheses, `…` for more.
fn document(arguments: &str) -> String {
    let mut entries = given(arguments);
    let messages = complete(&mut entries, &Origin::Nowhere);
    match entries.get("json").map(|value| &value.data) {
        Some(Data::String(text)) if messages.is_empty() => {
            text.document().map_or_else(String::new, |document| drawn(document))
        }
        _ => messages.join("; "),
    }
}

fn drawn(value: &Value) -> String {
    let all = |values: &[Value]| values.iter().map(drawn).collect::<Vec<_>>();
    match &value.data {
        Data::Null(_) => "null".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Number(value) => value.to_string(),
        Data::String(text) => text.shown(),
        Data::Sequence(_, elements, more) => {
            let mut parts = all(elements);
            parts.extend(more.iter().map(|more| format!("{}…", one_of(more))));
            format!("[{}]", parts.join(" "))
        }
        Data::Mapping(_, entries) => {
            let parts: Vec<String> =
                entries.iter().map(|(name, value)| format!("{name}={}", drawn(value))).collect();
            format!("{{{}}}", parts.join(" "))
        }
        Data::Unknown(unknown) => format!("?{}", one_of(unknown)),
    }
}

fn one_of(unknown: &Unknown) -> String {
    if unknown.one_of.is_empty() {
        return String::new();
    }
    format!("({})", unknown.one_of.iter().map(drawn).collect::<Vec<_>>().join(" | "))
}

fn assert_all(cases: &[(&str, &str)], answer: impl Fn(&str) -> String) {
    for (arguments, expected) in cases {
        assert_eq!(answer(arguments), *expected, "{arguments}");
    }
}

#[test]
fn own_statements() {
    assert_all(
        &[
            ("{}", r#"{"Version":"2012-10-17"}"#),
            (r#"{"statement":[{}]}"#, r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}"#),
            (
                r#"{"version":"2008-10-17","policy_id":"p","statement":[{"sid":"","actions":["a&{b}"]}]}"#,
                r#"{"Version":"2008-10-17","Id":"p","Statement":[{"Effect":"Allow","Action":"a\u0026{b}"}]}"#,
            ),
            (
                r#"{"policy_id":"","version":null,"statement":[{"sid":null,"actions":[],"not_actions":null},
                    {"effect":"Deny","actions":[""],"resources":["", "a", "a"]}]}"#,
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow"},{"Effect":"Deny","Action":"","Resource":["a",""]}]}"#,
            ),
            (
                r#"{"statement":[{"actions":[1,true,"a"],"sid":7,"resources":["x","x"]}]}"#,
                r#"{"Version":"2012-10-17","Statement":[{"Sid":"7","Effect":"Allow","Action":["true","a","1"],"Resource":"x"}]}"#,
            ),
            (
                r#"{"statement":[{"actions":["s3:&{x}"],"not_actions":["n:&{x}"],"resources":["r&{x}","${y}","<a&b>"],
                    "not_resources":["nr&{x}"],"principals":[{"type":"AWS&{a}","identifiers":["&{x}"]}],
                    "not_principals":[{"type":"AWS","identifiers":["&{x}"]}],
                    "condition":[{"test":"S&{a}","variable":"&{a}","values":["&{a}&{c}","& {"]}]}]}"#,
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:\\u0026{x}\",\
                 \"NotAction\":\"n:\\u0026{x}\",\"Resource\":[\"r${x}\",\"\\u003ca\\u0026b\\u003e\",\"${y}\"],\
                 \"NotResource\":\"nr${x}\",\"Principal\":{\"AWS\\u0026{a}\":\"${x}\"},\
                 \"NotPrincipal\":{\"AWS\":\"${x}\"},\
                 \"Condition\":{\"S\\u0026{a}\":{\"\\u0026{a}\":[\"${a}${c}\",\"\\u0026 {\"]}}}]}",
            ),
        ],
        text,
    );
}

#[test]
fn the_indented_text_and_the_arguments() {
    let mut entries = given(
        r#"{"statement":[{"actions":["b","a"],"condition":[{"test":"t","variable":"v","values":[]}]}]}"#,
    );
    assert_eq!(complete(&mut entries, &Origin::Nowhere), Vec::<String>::new());
    let expected = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "b",
        "a"
      ],
      "Condition": {
        "t": {
          "v": []
        }
      }
    }
  ]
}"#;
    assert_eq!(entries.get("json").and_then(Value::as_str), Some(expected));
    assert_eq!(entries.get("version").and_then(Value::as_str), Some("2012-10-17"));
}

fn principals(blocks: &str) -> String {
    let whole = text(&format!(r#"{{"statement":[{{"principals":{blocks}}}]}}"#));
    let around = (r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"#, "}]}");
    whole
        .strip_prefix(around.0)
        .and_then(|rest| rest.strip_suffix(around.1))
        .map_or(whole.clone(), str::to_owned)
}

#[test]
fn principals_of_blocks() {
    assert_all(
        &[
            (r#"[{"type":"*","identifiers":["*"]}]"#, r#""*""#),
            (r#"[{"type":"*","identifiers":["*"]},{"type":"*","identifiers":["*"]}]"#, r#""*""#),
            (r#"[{"type":"*","identifiers":["*","*"]}]"#, r#""*""#),
            (r#"[{"type":"*","identifiers":["*","a"]}]"#, r#"{"*":["a","*"]}"#),
            (r#"[{"type":"AWS","identifiers":["*"]}]"#, r#"{"AWS":"*"}"#),
            (
                r#"[{"type":"*","identifiers":["*"]},{"type":"AWS","identifiers":["*","b"]},{"type":"Federated","identifiers":[]}]"#,
                r#"{"*":"*","AWS":["b","*"],"Federated":[]}"#,
            ),
            (
                r#"[{"type":"AWS","identifiers":["m"]},{"type":"AWS","identifiers":["n"]},{"type":"AWS","identifiers":["k"]},{"type":"AWS","identifiers":["k"]}]"#,
                r#"{"AWS":["k","n","m"]}"#,
            ),
            (
                r#"[{"type":"AWS","identifiers":["k"]},{"type":"AWS","identifiers":["k"]},{"type":"AWS","identifiers":["k","l"]}]"#,
                r#"{"AWS":["k","l","k"]}"#,
            ),
            (
                r#"[{"type":"AWS","identifiers":["b","d"]},{"type":"AWS","identifiers":["a","c"]},{"type":"AWS","identifiers":["z"]},{"type":"AWS","identifiers":["m"]},{"type":"AWS","identifiers":["n"]}]"#,
                r#"{"AWS":["d","b","n","m","z","c","a"]}"#,
            ),
        ],
        principals,
    );
}

#[test]
fn conditions_of_blocks() {
    let condition = |blocks: &str| {
        let whole = text(&format!(r#"{{"statement":[{{"condition":{blocks}}}]}}"#));
        let around = (r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Condition":"#, "}]}");
        let inner = whole.strip_prefix(around.0).and_then(|rest| rest.strip_suffix(around.1));
        inner.map_or(whole.clone(), str::to_owned)
    };
    let s = |values: &str| format!(r#"{{"test":"S","variable":"v","values":{values}}}"#);
    let several: Vec<String> =
        [r#"["b","a","b"]"#, r#"["c"]"#, r#"["c"]"#, r#"["d"]"#, r#"["e","f"]"#].into_iter().map(s).collect();
    let scattered: Vec<String> = ["a", "b", "c", "aa", "zz", "https://x/<>", "9"]
        .into_iter()
        .map(|value| s(&format!(r#"["{value}"]"#)))
        .collect();
    assert_eq!(
        condition(&format!("[{}]", several.join(","))),
        r#"{"S":{"v":["e","f","d","b","a","b","c"]}}"#
    );
    assert_eq!(
        condition(&format!("[{}]", scattered.join(","))),
        r#"{"S":{"v":["a","b","aa","https://x/\u003c\u003e","9","c","zz"]}}"#
    );
    assert_eq!(condition(&format!("[{},{}]", s(r#"["one"]"#), s("[]"))), r#"{"S":{"v":"one"}}"#);
}

#[test]
fn documents_of_others() {
    let shapes = r#"{"source_policy_documents":[{"json":{"Version":"2008-10-17","Id":"one","Extra":1,"Statement":[
        {"Sid":"A","Effect":"Allo","Action":["x"],"Resource":["b","a"],"NotAction":[],"NotResource":[],"Principal":"arn:x","Extra":2},
        {"Sid":"B","Action":["b","a"],"Principal":{"AWS":["a","b"],"Service":"x","*":"*"},
         "Condition":{"Bool":{"a:b":true,"a:n":["x"],"a:e":[]},"N":{"x":["b","a"]}}},
        {"Sid":"C","Principal":{"*":"*"}},
        {"Sid":"D","Principal":{"*":["*"]}},
        {"Sid":"E","Principal":{"AWS":[]},"Condition":{}},
        {"Sid":"F","Principal":{},"Action":[],"Resource":"&{x}","Action2":3},
        {"Sid":"G","Action":[3,{"a":1},null,true],"Resource":null,"NotPrincipal":"*"},
        {"Sid":"","Effect":"Deny"},
        {"effect":"Deny","SID":"H","ACTION":"z","Condition":{"S":{"a":3,"b":null}}}
        ]}},"","{}","null",{"json":{"Id":"two"}},{"json":{"Version":"2030-01-01","Id":"","Statement":null}}],"policy_id":""}"#;
    let expected = concat!(
        r#"{"Version":"2030-01-01","Id":"two","Statement":["#,
        r#"{"Sid":"A","Effect":"Allo","Action":["x"],"NotAction":[],"Resource":["b","a"],"NotResource":[],"Principal":"*"},"#,
        r#"{"Sid":"B","Action":["b","a"],"Principal":{"*":"*","AWS":["b","a"],"Service":"x"},"#,
        r#""Condition":{"Bool":{"a:b":"true","a:e":[],"a:n":"x"},"N":{"x":["b","a"]}}},"#,
        r#"{"Sid":"C","Principal":"*"},{"Sid":"D","Principal":"*"},{"Sid":"E","Principal":{"AWS":[]}},"#,
        r#"{"Sid":"F","Action":[],"Resource":"\u0026{x}"},"#,
        r#"{"Sid":"G","Action":[3,{"a":1},null,true],"NotPrincipal":"*"},{"Effect":"Deny"},"#,
        r#"{"Sid":"H","Effect":"Deny","Action":"z"}]}"#,
    );
    assert_eq!(text(shapes), expected);
    assert_eq!(
        text(r#"{"source_json":"{\"Id\":\"x\"}","override_json":""}"#),
        r#"{"Version":"2012-10-17","Id":"x"}"#
    );
}

#[test]
fn sids_replace_in_place() {
    assert_all(
        &[
            (
                r#"{"policy_id":"own","source_policy_documents":[{"json":{"Version":"2008-10-17","Id":"src","Statement":[
                    {"Sid":"A","Effect":"Deny"},{"Effect":"Deny"},{"Sid":"B"}]}}],
                   "statement":[{"sid":"B","actions":["own"]},{"actions":["own2"]}],
                   "override_policy_documents":[{"json":{"Statement":[{"Sid":"A","Action":"over"},{"Action":"n"},{"Sid":"A","Action":"over2"}]}},
                    {"json":{"Id":"ov","Statement":[{"Sid":"Z"}]}}]}"#,
                r#"{"Version":"2012-10-17","Id":"ov","Statement":[{"Sid":"A","Action":"over2"},{"Effect":"Deny"},{"Sid":"B","Effect":"Allow","Action":"own"},{"Effect":"Allow","Action":"own2"},{"Action":"n"},{"Sid":"Z"}]}"#,
            ),
            (
                r#"{"version":"2008-10-17","source_policy_documents":[{"json":{"Version":"2008-10-17"}}]}"#,
                r#"{"Version":"2008-10-17"}"#,
            ),
        ],
        text,
    );
}

#[test]
fn wrong_arguments() {
    let cases = [
        (
            r#"{"version":"2020-01-01"}"#,
            r#"expected version to be one of ["2008-10-17" "2012-10-17"], got 2020-01-01"#,
        ),
        (
            r#"{"statement":[{"effect":"allow"}]}"#,
            r#"expected statement.0.effect to be one of ["Allow" "Deny"], got allow"#,
        ),
        (
            r#"{"statement":[{"sid":"A"},{"sid":"A"}]}"#,
            "duplicate Sid (A). Remove the Sid or ensure the Sid is unique.",
        ),
        (
            r#"{"source_policy_documents":[{"json":{"Statement":[{"Sid":"A"}]}},{"json":{"Statement":[{},{"Sid":"A"}]}}]}"#,
            "merging source document 1: duplicate Sid (A) in source_policy_documents (statement 1). Remove the Sid \
             or ensure Sids are unique.",
        ),
        (
            r#"{"override_policy_documents":["[]"]}"#,
            "merging override document 0: json: cannot unmarshal array into a policy document",
        ),
        (
            r#"{"source_policy_documents":[{"json":{"Statement":{"Sid":"A"}}}]}"#,
            "merging source document 0: json: cannot unmarshal object into Statement, a list of statements",
        ),
        (
            r#"{"version":"2008-10-17","statement":[{"resources":["&{x}"]}]}"#,
            "reading resources: found &{ sequence in (&{x}), which is not supported in document version 2008-10-17",
        ),
        (
            r#"{"statement":[{"actions":["a",null]}]}"#,
            "Null value found in list: null values are not allowed for this attribute value",
        ),
        (
            r#"{"statement":[{"actions":"a"}]}"#,
            "Inappropriate value for attribute \"actions\": set of string required",
        ),
        (
            r#"{"statement":[{"principals":[{"type":"AWS"}]}]}"#,
            "reading principals: Missing required argument: \"identifiers\"",
        ),
    ];
    assert_all(&cases, text);
    let message = text(r#"{"source_policy_documents":["{"]}"#);
    assert!(message.starts_with("merging source document 0: contains an invalid JSON: "), "{message}");
}

#[test]
fn unknown_parts_stay_in_place() {
    assert_all(
        &[
            (
                r#"{"statement":[{"actions":["a","?x","b"],"resources":["?arn"],"sid":"?s"}]}"#,
                r#"{"Version":"2012-10-17","Statement":[{"Sid":…,"Effect":"Allow","Action":["b","a",…],"Resource":…}]}"#,
            ),
            (
                r#"{"statement":[{"resources":["arn:?"],"not_actions":"?x"}]}"#,
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":…,"Resource":"arn:…"}]}"#,
            ),
            // What leaves no trace is still unknown to Terraform.
            (r#"{"source_policy_documents":[{"json":{"Extra":"?x"}}]}"#, r#"{"Version":"2012-10-17"}…"#),
        ],
        text,
    );
    assert_all(
        &[
            (
                r#"{"statement":[{"actions":["a","…"],"resources":["…"]}]}"#,
                "{Statement=[{Action=[a …] Effect=Allow Resource=[…]}] Version=2012-10-17}",
            ),
            (
                r#"{"statement":[{"actions":{"either":[["b","a"],["c"],[],null]}}]}"#,
                "{Statement=[{Action=?([b a] | c | null | null) Effect=Allow}] Version=2012-10-17}",
            ),
            (
                r#"{"statement":[{"effect":{"either":[null,"Deny"]}}]}"#,
                "{Statement=[{Effect=?(Allow | Deny)}] Version=2012-10-17}",
            ),
            (r#"{"version":"?v"}"#, "{Version=?}"),
        ],
        document,
    );
}

#[test]
fn blocks_that_may_follow() {
    assert_all(
        &[
            (
                r#"{"statement":[{"principals":[{"type":"AWS","identifiers":["*"]},"…"]}]}"#,
                "{Statement=[{Effect=Allow Principal=[{AWS=*} …]}] Version=2012-10-17}",
            ),
            (
                r#"{"statement":[{"principals":["…"],"condition":["…"]}]}"#,
                "{Statement=[{Condition=[…] Effect=Allow Principal=[…]}] Version=2012-10-17}",
            ),
            (
                r#"{"statement":[{"condition":[{"test":"?t","variable":"v","values":["a"]},
                    {"test":"T","variable":"v","values":["a"]}]}]}"#,
                "{Statement=[{Condition=[{T={v=a}} …] Effect=Allow}] Version=2012-10-17}",
            ),
            (
                r#"{"statement":[{"principals":[{"type":"AWS","identifiers":"?i"},{"type":"?t","identifiers":["b"]}]}]}"#,
                "{Statement=[{Effect=Allow Principal=[{AWS=?} …]}] Version=2012-10-17}",
            ),
            (
                r#"{"statement":[{"principals":[{"type":"AWS","identifiers":{"either":[["*"],["b","c"]]}}]}]}"#,
                "{Statement=[{Effect=Allow Principal={AWS=?(* | [c b])}}] Version=2012-10-17}",
            ),
            (
                r#"{"statement":[{"principals":[{"type":"AWS","identifiers":{"either":[["*"],["b","c"]]}},
                    {"type":"AWS","identifiers":["d"]}]}]}"#,
                "{Statement=[{Effect=Allow Principal={AWS=[d (* | b | c)…]}}] Version=2012-10-17}",
            ),
            (
                r#"{"statement":[{"actions":["a"]},"…"]}"#,
                "{Statement=[{Action=a Effect=Allow} …] Version=2012-10-17}",
            ),
        ],
        document,
    );
}

#[test]
fn what_may_be_replaced_is_not_certain() {
    let both = r#"{"json":{"Statement":[{"Sid":"A","Effect":"Deny"},{"Effect":"Deny"}]}}"#;
    let cases = [
        // An unknown source replaces nothing.
        (
            format!(r#"{{"source_policy_documents":[{both},"?x"],"statement":[{{"sid":"B"}}]}}"#),
            "{Id=? Statement=[{Effect=Deny Sid=A} {Effect=Deny} {Effect=Allow Sid=B} …] Version=2012-10-17}",
        ),
        (
            format!(r#"{{"source_policy_documents":[{both}],"override_policy_documents":["?x"]}}"#),
            "{Id=? Statement=[?({Effect=Deny Sid=A} | null) {Effect=Deny} …] Version=2012-10-17}",
        ),
        (
            format!(r#"{{"source_policy_documents":[{both}],"override_policy_documents":"?x"}}"#),
            "{Id=? Statement=[?({Effect=Deny Sid=A} | null) {Effect=Deny} …] Version=2012-10-17}",
        ),
        // An override without a known `Sid` is there, whatever it replaces.
        (
            format!(
                r#"{{"source_policy_documents":[{both}],"override_policy_documents":[{{"json":{{"Statement":[{{"Sid":"?s","Action":"a"}}]}}}}]}}"#
            ),
            "{Statement=[?({Effect=Deny Sid=A} | null) {Effect=Deny} {Action=a Sid=?}] Version=2012-10-17}",
        ),
        // Own statements replace those of sources, not each other.
        (
            format!(r#"{{"source_policy_documents":[{both}],"statement":[{{"sid":"B"}},{{"sid":"?s"}}]}}"#),
            "{Statement=[?({Effect=Deny Sid=A} | null) {Effect=Deny} {Effect=Allow Sid=B} {Effect=Allow Sid=?}] \
             Version=2012-10-17}",
        ),
        (
            format!(r#"{{"source_policy_documents":[{both}],"statement":["…"]}}"#),
            "{Statement=[?({Effect=Deny Sid=A} | null) {Effect=Deny} …] Version=2012-10-17}",
        ),
        // A known override decides again.
        (
            format!(
                r#"{{"source_policy_documents":[{both}],"override_policy_documents":["?x",{{"json":{{"Statement":[{{"Sid":"A","Action":"z"}}]}}}}]}}"#
            ),
            "{Id=? Statement=[{Action=z Sid=A} {Effect=Deny} …] Version=2012-10-17}",
        ),
        // One of two known documents.
        (
            format!(
                r#"{{"source_policy_documents":[{{"either":[{both},{{"json":{{"Statement":[{{"Sid":"A","Action":"b"}}]}}}}]}}]}}"#
            ),
            "{Id=? Statement=[?({Effect=Deny Sid=A} | null) ?({Effect=Deny} | null) ?({Action=b Sid=A} | null)] \
             Version=2012-10-17}",
        ),
    ];
    for (arguments, expected) in &cases {
        assert_eq!(document(arguments), *expected, "{arguments}");
    }
}

#[test]
fn a_computed_document_is_read_as_it_is() {
    let mut inner = given(
        r#"{"statement":[{"sid":"A","principals":[{"type":"AWS","identifiers":["*"]},"…"],"condition":["…"]},"…"]}"#,
    );
    complete(&mut inner, &Origin::Nowhere);
    let json = inner.get("json").cloned().unwrap_or_else(Value::null);
    let mut outer: BTreeMap<Name, Value> =
        [("override_policy_documents".into(), Value::tuple(vec![json.clone()]))].into();
    complete(&mut outer, &Origin::Nowhere);
    let drawn_of = |entries: &Fields| match entries.get("json").map(|json| &json.data) {
        Some(Data::String(text)) => text.document().map(|document| drawn(document)),
        _ => None,
    };
    let expected = "{Statement=[?({Condition=[…] Effect=Allow Principal=[{AWS=*} …] Sid=A} | null) …] \
                    Version=2012-10-17}";
    assert_eq!(drawn_of(&outer.into()).as_deref(), Some(expected));
}

#[test]
fn origins_and_marks_stay_with_the_parts() {
    let mut entries = given(r#"{"statement":[{"principals":[{"type":"AWS","identifiers":["*"]}]}]}"#);
    let file = Sources::new(std::path::PathBuf::new()).add("main.tf", "a = *");
    let here = Origin::At(Span { file, start: 3, end: 6 });
    let star = Value::string("*").with_origin(here).marked(true);
    let block = Value::object(
        [("type".into(), Value::string("AWS")), ("identifiers".into(), Value::tuple(vec![star]))].into(),
    );
    let statement = Value::object([("principals".into(), Value::tuple(vec![block]))].into());
    entries.insert("statement".into(), Value::tuple(vec![statement]));
    complete(&mut entries, &Origin::Nowhere);
    let json = entries.get("json").cloned().unwrap_or_else(Value::null);
    let Data::String(text) = &json.data else { return assert!(json.is_null(), "a string") };
    let star = text.document().and_then(|document| {
        document.get("Statement")?.as_sequence()?.0.first()?.get("Principal")?.get("AWS").cloned()
    });
    let found = star.map(|star| (star.origin.written().map(|span| (span.start, span.end)), star.sensitive));
    assert_eq!(found, Some((Some((3, 6)), true)));
    assert!(json.sensitive);
}

#[test]
fn a_document_has_its_limits() {
    let mut json = Value::string(r#"{"Statement":[{"Effect":"Allow"},{"Effect":"Allow"}]}"#);
    let mut messages = Vec::new();
    for _ in 0..MOST_STATEMENTS.ilog2() {
        let twice = Value::tuple(vec![json.clone(), json.clone()]);
        let mut entries: BTreeMap<Name, Value> = [("source_policy_documents".into(), twice)].into();
        messages.extend(complete(&mut entries, &Origin::Nowhere));
        json = entries.get("json").cloned().unwrap_or_else(Value::null);
    }
    assert_eq!(messages, ["evaluation stopped here: size of a policy document"]);
    assert!(json.as_unknown().is_some());
}
