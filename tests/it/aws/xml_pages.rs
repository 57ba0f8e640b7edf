//! An answer in XML cut into pages, as AWS would have given them.

use roxmltree::{Document, Node};

/// What a token of the proxy's looks like: the number of resources before its page.
const TOKEN: &str = "proxy-page-";

/// The page that the call asked for. EC2 has `nextToken`, the services with query protocols `Marker` or `NextMarker`.
pub(crate) fn page(text: &str, size: usize, asked: &str) -> String {
    let Ok(document) = Document::parse(text) else {
        return text.to_owned();
    };
    let root = document.root_element();
    let is_ec2 = !root
        .children()
        .any(|child| child.tag_name().name().ends_with("Result"));
    let answer = root
        .children()
        .find(|child| child.tag_name().name().ends_with("Result"))
        .unwrap_or(root);
    let Some(set) = answer
        .children()
        .find(|child| child.children().filter(Node::is_element).count() > 0)
    else {
        return text.to_owned();
    };
    let items: Vec<_> = set
        .children()
        .filter(Node::is_element)
        .map(|item| item.range())
        .collect();
    let start = asked
        .split_once(TOKEN)
        .map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect::<String>())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0);
    let end = items.len().min(start + size);
    let (Some(first), Some(last)) = (items.first(), items.last()) else {
        return text.to_owned();
    };
    let kept: String = items
        .get(start..end)
        .unwrap_or_default()
        .iter()
        .map(|range| &text[range.clone()])
        .collect();
    let after = &text[last.end..];
    let token = if end == items.len() {
        String::new()
    } else if is_ec2 {
        format!("<nextToken>{TOKEN}{end}</nextToken>")
    } else if text.contains("elasticloadbalancing") {
        format!("<NextMarker>{TOKEN}{end}</NextMarker>")
    } else {
        format!("<Marker>{TOKEN}{end}</Marker>")
    };
    let close = format!("</{}>", set.tag_name().name());
    let after = after.replacen(&close, &format!("{close}{token}"), 1);
    format!("{}{kept}{after}", &text[..first.start])
}

#[test]
fn pages() {
    let whole =
        "<R xmlns=\"x\"><id>1</id><vpcSet><item><a>1</a></item><item>2</item><item>3</item></vpcSet></R>";
    let first = page(whole, 2, "Action=X");
    assert_eq!(
        first,
        "<R xmlns=\"x\"><id>1</id><vpcSet><item><a>1</a></item><item>2</item></vpcSet><nextToken>proxy-page-2</nextToken></R>"
    );
    let last = page(whole, 2, "Action=X&NextToken=proxy-page-2");
    assert_eq!(
        last,
        "<R xmlns=\"x\"><id>1</id><vpcSet><item>3</item></vpcSet></R>"
    );
    let query = "<R><ARResult><DBs><DB>1</DB><DB>2</DB></DBs></ARResult></R>";
    assert_eq!(
        page(query, 1, ""),
        "<R><ARResult><DBs><DB>1</DB></DBs><Marker>proxy-page-1</Marker></ARResult></R>"
    );
}
