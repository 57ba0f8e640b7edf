//! Lambda functions: an interface in each subnet, before EC2 shows any.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>

use crate::network::Kind;
use crate::network::id::ResourceId;
use crate::paths::model::End;

use super::super::client_ports;
use super::super::code::Code;
use super::super::doubt::Doubt;
use super::end::{Hindrance, Start, absent, ambiguous};
use super::resolver::{Resolver, Virtual};

impl Resolver<'_> {
    pub(super) fn function(
        &mut self,
        end: &End,
        function: &str,
        qualifier: Option<&str>,
    ) -> Result<Vec<Start>, Hindrance> {
        let snapshot = self.world.snapshot;
        if !snapshot.functions.is_known() {
            return Err(absent(end, Some("lambda:ListFunctions")));
        }
        let named = self.world.functions(function);
        let found: Vec<_> = named
            .filter_map(|arn| snapshot.functions.get(arn))
            .filter(|candidate| {
                let (arn, suffix) = candidate.qualified();
                let qualified = match qualifier {
                    None => suffix.is_none_or(|suffix| suffix == "$LATEST"),
                    Some("$LATEST") => suffix.is_none_or(|suffix| suffix == "$LATEST"),
                    Some(wanted) => suffix == Some(wanted) || candidate.version.as_deref() == Some(wanted),
                };
                let mut parts = arn.split(':').skip(3);
                let (region, account) = (parts.next(), parts.next());
                let vpc = candidate
                    .vpc_config
                    .as_ref()
                    .and_then(|config| config.vpc_id.as_ref());
                qualified
                    && end
                        .region
                        .as_ref()
                        .is_none_or(|wanted| region == Some(wanted.as_str()))
                    && end
                        .account
                        .as_ref()
                        .is_none_or(|wanted| account == Some(wanted.as_str()))
                    && end.vpc.as_ref().is_none_or(|wanted| vpc == Some(wanted))
            })
            .collect();
        let function = match found.as_slice() {
            [] => return Err(absent(end, None)),
            [one] => *one,
            several => {
                return Err(ambiguous(
                    end,
                    several.iter().map(|f| ResourceId::from(&f.function_arn)),
                ));
            }
        };
        self.consulted.insert(&function.function_arn);
        let config = function
            .vpc_config
            .as_ref()
            .filter(|config| !config.subnet_ids.is_empty());
        let Some(config) = config else {
            let message = format!(
                "function {} is in no VPC: its network is AWS's own",
                function.function_name
            );
            return Err(Doubt::new(Code::UnassociatedComponent, &function.function_arn, message).into());
        };
        let dual_stack = config.ipv6_allowed_for_dual_stack == Some(true)
            && config.subnet_ids.iter().all(|id| {
                self.world
                    .subnets
                    .get(id)
                    .is_some_and(|subnet| !subnet.usable.v6.is_empty())
            });
        let of = Virtual {
            id: function.function_arn.as_str(),
            kind: Kind::Lambda,
            groups: &config.security_group_ids,
            filtered: true,
            any_public: false,
            ipv6: dual_stack,
        };
        config
            .subnet_ids
            .iter()
            .map(|subnet| Ok(self.start_at(&self.virtual_interface(subnet, &of)?, client_ports::any())))
            .collect()
    }
}
