//! What a deployment allows a path file to name: a topic that alerts go to, a role that is assumed.
//!
//! Whoever may write the file may not thereby send alerts, or hopwatch's credentials, where the deployment does not.

use super::node::excerpt;
use super::problem::{PathFileErrors, Problem, Problems};
use super::read::ReadPathFile;

impl ReadPathFile {
    /// Checks that every topic and role that the file names is on the deployment's list of that kind. `None`: there
    /// is no such list, and nothing is refused.
    ///
    /// # Errors
    ///
    /// Each place in the file that names one outside its list.
    pub fn check_allowed(
        &self,
        topics: Option<&[String]>,
        roles: Option<&[String]>,
    ) -> Result<(), PathFileErrors> {
        let mut problems = Problems::new(self.source.clone());
        for (key, what, named, allowed) in [
            ("topicArn", "topic", &self.topics, topics),
            ("roleArn", "role", &self.roles, roles),
        ] {
            let Some(allowed) = allowed else { continue };
            for (arn, place) in named.iter().filter(|(arn, _)| !allowed.contains(arn)) {
                let listed: Vec<&str> = allowed.iter().map(String::as_str).take(5).collect();
                let help = if listed.is_empty() {
                    format!(
                        "this deployment allows no {what} but its own: leave the key out, or deploy with the {what} allowed"
                    )
                } else {
                    format!(
                        "allowed are {}",
                        super::suggestion::one_of(listed).replace(" or ", " and ")
                    )
                };
                problems.error(
                    Problem::at(
                        *place,
                        format!(
                            "`{key}`: `{}` is not a {what} that this deployment allows",
                            excerpt(arn)
                        ),
                    )
                    .label("not on the list")
                    .help(help),
                );
            }
        }
        problems.into_result().map(|_| ())
    }
}
