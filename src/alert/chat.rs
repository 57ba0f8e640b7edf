//! The custom notification of Amazon Q Developer in chat applications, which posts to Slack and Teams (Amazon Q Developer in
//! chat applications Administrator Guide, "Custom notifications").
//!
//! What other people wrote is escaped for the chats' markdown: no mentions, no links, no formatting come out of it.
//! A message that does not fit the schema is dropped without a word, so every part keeps to a bound.

use serde::Serialize;

use crate::report::component::Names;
use crate::text::clean;

use super::document::{Alert, AlertKind};
use super::subject::headline;
use super::text::severity_word;
use super::words;

/// The bounds of the parts, in characters. Slack cuts blocks of text at 3,000.
const TITLE: usize = 250;
const DESCRIPTION: usize = 2_800;
const STEP: usize = 900;
const STEPS: usize = 4;
const KEYWORD: usize = 60;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    version: &'static str,
    source: &'static str,
    id: String,
    content: Content,
    metadata: Metadata,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    text_type: &'static str,
    title: String,
    description: String,
    next_steps: Vec<String>,
    keywords: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    thread_id: String,
    summary: String,
    event_type: String,
    related_resources: Vec<String>,
    additional_context: std::collections::BTreeMap<&'static str, String>,
    enable_custom_actions: bool,
}

/// The notification as JSON.
///
/// # Errors
///
/// None that is known: it is made of texts and lists.
pub fn notification(alert: &Alert) -> Result<String, serde_json::Error> {
    let names = Names::of(alert.paths.iter().map(|path| &path.result));
    let mut parts = Vec::new();
    if let Some(path) = alert.paths.first() {
        parts.push(escaped(&words::headline(alert, path)));
        if matches!(alert.kind, AlertKind::Broken | AlertKind::Changed) {
            parts.push(section("What broke it", &words::causes(alert, path, &names)));
        }
        if alert.kind == AlertKind::Blind {
            let (why, sight) = words::why_blind(&path.result, &names);
            parts.push(section("Why", &why));
            parts.push(section("What would tell", &sight));
        }
    }
    if let Some(blame) = &alert.blame {
        let title = if alert.kind == AlertKind::Restored {
            "Mended by"
        } else {
            "Who"
        };
        parts.push(section(title, &words::who(alert, blame)));
    }
    let others: Vec<String> = alert
        .paths
        .iter()
        .skip(1)
        .take(10)
        .map(|path| path.result.name.clone())
        .collect();
    if !others.is_empty() {
        let more = alert.path_count() - 1 - others.len();
        let more = (more > 0).then(|| format!("and {more} more"));
        let all: Vec<String> = others.into_iter().chain(more).collect();
        parts.push(section("Also", &all));
    }
    parts.retain(|part| !part.is_empty());
    let first = alert.paths.first();
    let mut keywords = vec![severity_word(alert.severity()).to_owned()];
    keywords.extend(
        first
            .and_then(|path| path.owner.as_deref())
            .map(|owner| cut(&escaped(owner), KEYWORD)),
    );
    let mut context = std::collections::BTreeMap::new();
    context.insert("incident", alert.incident.clone());
    context.insert("alert", alert.id.clone());
    let resources = alert
        .cause
        .iter()
        .map(|cause| clean(&cause.component, 200))
        .collect();
    serde_json::to_string(&Notification {
        version: "1.0",
        source: "custom",
        id: alert.id.clone(),
        content: Content {
            text_type: "client-markdown",
            title: cut(&escaped(&headline(alert, 200, false)), TITLE),
            description: cut(&parts.join("\n"), DESCRIPTION),
            next_steps: next_steps(alert),
            keywords,
        },
        metadata: Metadata {
            thread_id: alert.incident.clone(),
            summary: cut(&escaped(&headline(alert, 200, false)), TITLE),
            event_type: format!("hopwatch-{}", alert.kind.as_str()),
            related_resources: resources,
            additional_context: context,
            enable_custom_actions: true,
        },
    })
}

/// A title in bold, made here, and lines under it.
fn section(title: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
    format!("*{title}*: {}", lines.join("\n"))
}

/// Commands as code, whole or not at all: half a command is worse than none.
fn next_steps(alert: &Alert) -> Vec<String> {
    let mut steps = Vec::new();
    if matches!(
        alert.kind,
        AlertKind::Broken | AlertKind::Changed | AlertKind::Reminder
    ) && let Some(fix) = &alert.fix
    {
        for command in fix.command.split(" && ") {
            if command.chars().count() <= STEP && !command.contains('`') && steps.len() < STEPS - 1 {
                steps.push(format!("`{}`", plain_code(command)));
            } else {
                steps.push("a longer command stands in the email".to_owned());
                break;
            }
        }
    }
    if let Some(runbook) = alert.paths.first().and_then(|path| path.runbook.as_deref()) {
        // The path file's own, and nothing but an https address (PATH-FILE.md).
        let runbook = clean(runbook, 300);
        if runbook.starts_with("https://") && !runbook.contains(['<', '>', '|', ' ', '`']) {
            steps.push(format!("Runbook: {runbook}"));
        }
    }
    steps
}

/// Within code only these mean something.
fn plain_code(text: &str) -> String {
    clean(text, STEP)
        .replace('<', "‹")
        .replace('>', "›")
        .replace('&', "＆")
}

/// Text that somebody wrote, so that no chat reads markup in it: characters that mark something up become others that
/// look alike, addresses are no links and nobody is called.
pub(crate) fn escaped(text: &str) -> String {
    let text = clean(text, 4_000);
    let characters: Vec<char> = text.chars().collect();
    let is_word = |at: Option<&char>| at.is_some_and(|c| c.is_alphanumeric());
    let mut safe = String::with_capacity(text.len());
    for (index, character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| characters.get(before));
        let after = characters.get(index + 1);
        match character {
            '<' => safe.push('‹'),
            '>' => safe.push('›'),
            '&' => safe.push('＆'),
            '`' => safe.push('\''),
            '*' => safe.push('∗'),
            '~' => safe.push('∼'),
            '|' => safe.push('¦'),
            '[' => safe.push('('),
            ']' => safe.push(')'),
            '\\' => safe.push('∖'),
            '#' if !is_word(before) => safe.push('＃'),
            // Within a word it marks nothing up.
            '_' if is_word(before) && is_word(after) => safe.push('_'),
            '_' => safe.push('＿'),
            // `jo@example.com` calls nobody, `@here` does.
            '@' if is_word(before) => safe.push('@'),
            '@' => safe.push('＠'),
            ':' if after == Some(&'/') => safe.push('∶'),
            other => safe.push(*other),
        }
    }
    safe.replace("www.", "www‧").replace("mailto:", "mailto∶")
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(most.saturating_sub(1)).collect();
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_that_somebody_wrote_is_markup() {
        assert_eq!(
            escaped("<!channel> see <https://evil.example|here>"),
            "‹!channel› see ‹https∶//evil.example¦here›"
        );
        assert_eq!(
            escaped("*bold* _it_ ~no~ `code` [a](b)"),
            "∗bold∗ ＿it＿ ∼no∼ 'code' (a)(b)"
        );
        assert_eq!(
            escaped("my_role_name jo@example.com @here"),
            "my_role_name jo@example.com ＠here"
        );
        assert_eq!(
            escaped("&lt;!here&gt; www.evil.example"),
            "＆lt;!here＆gt; www‧evil.example"
        );
    }

    proptest! {
        #[test]
        fn no_character_of_markup_is_left(text in ".{0,80}") {
            let safe = escaped(&text);
            prop_assert!(!safe.contains(['<', '>', '&', '`', '*', '~', '|', '[', ']']), "{safe}");
            prop_assert!(!safe.contains("://"), "{safe}");
        }
    }
}
