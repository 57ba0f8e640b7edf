//! The calls themselves: all pages of an answer, or the reason why there is none.
//!
//! Invariant: an answer is whole. Where one page fails the call has failed, for half a list that looks like a whole one
//! would say of things that they do not exist.

use aws_config::SdkConfig;
use aws_sdk_ec2::types::Filter;
use serde_json::Value;

use super::call::Call;
use super::object::Object;
use super::{gateway, interface, load_balancer, network_firewall, security_group, transit, vpc, workload};
use crate::aws::pages::{each_page, same_page_twice};
use crate::aws::trouble::{Trouble, TroubleKind};

/// The clients of one account and Region.
#[derive(Debug, Clone)]
pub(super) struct Clients {
    ec2: aws_sdk_ec2::Client,
    lambda: aws_sdk_lambda::Client,
    rds: aws_sdk_rds::Client,
    elb: aws_sdk_elasticloadbalancingv2::Client,
    classic_elb: aws_sdk_elasticloadbalancing::Client,
    firewall: aws_sdk_networkfirewall::Client,
}

/// All pages of a call, each resource written out.
macro_rules! pages {
    ($request:expr, $items:ident, $written:path) => {
        pages!($request, $items, $written, next_token)
    };
    ($request:expr, $items:ident, $written:path, $token:ident) => {{
        let mut rows: Vec<Value> = Vec::new();
        each_page!($request, $token, page => rows.extend(page.$items().iter().map(|row| Value::from($written(row)))));
        Ok(rows)
    }};
}

/// A call that AWS never pages.
macro_rules! whole {
    ($request:expr, $items:ident, $written:path) => {{
        let answer = $request.send().await.map_err(|error| Trouble::of(&error))?;
        Ok(answer
            .$items()
            .iter()
            .map(|row| Value::from($written(row)))
            .collect())
    }};
}

/// As much as most calls give at once; without a limit a large account's answer may not come in time.
const PAGE: i32 = 1000;

impl Clients {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self {
            ec2: aws_sdk_ec2::Client::new(config),
            lambda: aws_sdk_lambda::Client::new(config),
            rds: aws_sdk_rds::Client::new(config),
            elb: aws_sdk_elasticloadbalancingv2::Client::new(config),
            classic_elb: aws_sdk_elasticloadbalancing::Client::new(config),
            firewall: aws_sdk_networkfirewall::Client::new(config),
        }
    }

    /// The answer of a call that is made once.
    pub(super) async fn read(&self, call: Call) -> Result<Vec<Value>, Trouble> {
        let ec2 = &self.ec2;
        match call {
            Call::DescribeVpcs => pages!(ec2.describe_vpcs().max_results(PAGE), vpcs, vpc::vpc),
            Call::DescribeAvailabilityZones => {
                whole!(
                    ec2.describe_availability_zones(),
                    availability_zones,
                    vpc::availability_zone
                )
            }
            Call::DescribeSubnets => pages!(ec2.describe_subnets().max_results(PAGE), subnets, vpc::subnet),
            // At most 100 at once.
            Call::DescribeRouteTables => {
                pages!(
                    ec2.describe_route_tables().max_results(100),
                    route_tables,
                    vpc::route_table
                )
            }
            Call::DescribeNetworkAcls => {
                pages!(
                    ec2.describe_network_acls().max_results(PAGE),
                    network_acls,
                    vpc::network_acl
                )
            }
            Call::DescribeSecurityGroups => pages!(
                ec2.describe_security_groups().max_results(PAGE),
                security_groups,
                security_group::security_group
            ),
            Call::DescribeNetworkInterfaces => pages!(
                ec2.describe_network_interfaces().max_results(PAGE),
                network_interfaces,
                interface::network_interface
            ),
            Call::DescribeInstances => {
                pages!(
                    ec2.describe_instances().max_results(PAGE),
                    reservations,
                    interface::reservation
                )
            }
            Call::DescribeNatGateways => {
                pages!(
                    ec2.describe_nat_gateways().max_results(PAGE),
                    nat_gateways,
                    gateway::nat_gateway
                )
            }
            Call::DescribeInternetGateways => pages!(
                ec2.describe_internet_gateways().max_results(PAGE),
                internet_gateways,
                gateway::internet_gateway
            ),
            // At most 255 at once.
            Call::DescribeEgressOnlyInternetGateways => pages!(
                ec2.describe_egress_only_internet_gateways().max_results(255),
                egress_only_internet_gateways,
                gateway::egress_only_internet_gateway
            ),
            Call::DescribeVpnGateways => {
                whole!(ec2.describe_vpn_gateways(), vpn_gateways, gateway::vpn_gateway)
            }
            Call::DescribeVpnConnections => {
                whole!(
                    ec2.describe_vpn_connections(),
                    vpn_connections,
                    gateway::vpn_connection
                )
            }
            Call::DescribeVpcPeeringConnections => pages!(
                ec2.describe_vpc_peering_connections().max_results(PAGE),
                vpc_peering_connections,
                transit::vpc_peering_connection
            ),
            Call::DescribeVpcEndpoints => {
                pages!(
                    ec2.describe_vpc_endpoints().max_results(PAGE),
                    vpc_endpoints,
                    gateway::vpc_endpoint
                )
            }
            Call::DescribeVpcBlockPublicAccessOptions => self.block_public_access_options().await,
            Call::DescribeVpcBlockPublicAccessExclusions => self.block_public_access_exclusions().await,
            Call::DescribePrefixLists => pages!(
                ec2.describe_prefix_lists().max_results(PAGE),
                prefix_lists,
                security_group::prefix_list
            ),
            // At most 100 at once.
            Call::DescribeManagedPrefixLists => pages!(
                ec2.describe_managed_prefix_lists().max_results(100),
                prefix_lists,
                security_group::managed_prefix_list
            ),
            Call::DescribeTransitGateways => pages!(
                ec2.describe_transit_gateways().max_results(PAGE),
                transit_gateways,
                transit::transit_gateway
            ),
            Call::DescribeTransitGatewayAttachments => pages!(
                ec2.describe_transit_gateway_attachments().max_results(PAGE),
                transit_gateway_attachments,
                transit::attachment
            ),
            Call::DescribeTransitGatewayVpcAttachments => pages!(
                ec2.describe_transit_gateway_vpc_attachments().max_results(PAGE),
                transit_gateway_vpc_attachments,
                transit::vpc_attachment
            ),
            Call::DescribeTransitGatewayPeeringAttachments => pages!(
                ec2.describe_transit_gateway_peering_attachments()
                    .max_results(PAGE),
                transit_gateway_peering_attachments,
                transit::peering_attachment
            ),
            Call::DescribeTransitGatewayRouteTables => pages!(
                ec2.describe_transit_gateway_route_tables().max_results(PAGE),
                transit_gateway_route_tables,
                transit::route_table
            ),
            Call::DescribeDbInstances => {
                pages!(
                    self.rds.describe_db_instances().max_records(100),
                    db_instances,
                    workload::db_instance,
                    marker
                )
            }
            Call::DescribeDbClusters => {
                pages!(
                    self.rds.describe_db_clusters().max_records(100),
                    db_clusters,
                    workload::db_cluster,
                    marker
                )
            }
            Call::ListFunctions => pages!(
                self.lambda.list_functions(),
                functions,
                workload::function,
                next_marker
            ),
            // At most 400 at once, of each of the three.
            Call::DescribeLoadBalancers => pages!(
                self.elb.describe_load_balancers().page_size(400),
                load_balancers,
                load_balancer::load_balancer,
                next_marker
            ),
            Call::DescribeClassicLoadBalancers => pages!(
                self.classic_elb.describe_load_balancers().page_size(400),
                load_balancer_descriptions,
                load_balancer::classic_load_balancer,
                next_marker
            ),
            Call::DescribeTargetGroups => pages!(
                self.elb.describe_target_groups().page_size(400),
                target_groups,
                load_balancer::target_group,
                next_marker
            ),
            Call::ListFirewalls => pages!(
                self.firewall.list_firewalls().max_results(100),
                firewalls,
                network_firewall::metadata
            ),
            Call::GetManagedPrefixListEntries
            | Call::GetTransitGatewayRouteTablePropagations
            | Call::SearchTransitGatewayRoutes
            | Call::GetFunctionConfiguration
            | Call::DescribeListeners
            | Call::DescribeRules
            | Call::DescribeLoadBalancerAttributes
            | Call::DescribeTargetGroupAttributes
            | Call::DescribeTargetHealth
            | Call::DescribeFirewall
            | Call::DescribeFirewallPolicy
            | Call::DescribeRuleGroup => Ok(Vec::new()),
        }
    }

    /// The answer of a call that is made for each of something: a prefix list, a route table, a function.
    pub(super) async fn read_one(&self, call: Call, of: &Subject) -> Result<Vec<Value>, Trouble> {
        let id = of.id.as_str();
        match call {
            Call::GetManagedPrefixListEntries => self.prefix_list_entries(id).await,
            Call::DescribeFirewall => {
                let answer = self.firewall.describe_firewall().firewall_arn(id).send().await;
                let answer = answer.map_err(|error| Trouble::of(&error))?;
                Ok(vec![network_firewall::firewall(&answer).into()])
            }
            Call::DescribeFirewallPolicy => {
                let call = self.firewall.describe_firewall_policy().firewall_policy_arn(id);
                let answer = call.send().await.map_err(|error| Trouble::of(&error))?;
                Ok(vec![network_firewall::policy(&answer).into()])
            }
            Call::DescribeRuleGroup => {
                let answer = self
                    .firewall
                    .describe_rule_group()
                    .rule_group_arn(id)
                    .send()
                    .await;
                let answer = answer.map_err(|error| Trouble::of(&error))?;
                Ok(vec![network_firewall::rule_group(&answer).into()])
            }
            Call::GetTransitGatewayRouteTablePropagations => self.propagations(id).await,
            Call::SearchTransitGatewayRoutes => self.transit_routes(id).await,
            Call::GetFunctionConfiguration => self.qualified_function(of).await,
            Call::DescribeListeners => pages!(
                self.elb.describe_listeners().load_balancer_arn(id).page_size(400),
                listeners,
                load_balancer::listener,
                next_marker
            ),
            Call::DescribeRules => pages!(
                self.elb.describe_rules().listener_arn(id).page_size(400),
                rules,
                load_balancer::rule,
                next_marker
            ),
            Call::DescribeLoadBalancerAttributes => {
                let call = self.elb.describe_load_balancer_attributes().load_balancer_arn(id);
                let answer = call.send().await.map_err(|error| Trouble::of(&error))?;
                Ok(vec![
                    load_balancer::load_balancer_attributes(id, answer.attributes()).into(),
                ])
            }
            Call::DescribeTargetGroupAttributes => {
                let call = self.elb.describe_target_group_attributes().target_group_arn(id);
                let answer = call.send().await.map_err(|error| Trouble::of(&error))?;
                Ok(vec![
                    load_balancer::target_group_attributes(id, answer.attributes()).into(),
                ])
            }
            Call::DescribeTargetHealth => {
                let call = self.elb.describe_target_health().target_group_arn(id);
                let answer = call.send().await.map_err(|error| Trouble::of(&error))?;
                Ok(vec![
                    load_balancer::target_health(id, answer.target_health_descriptions()).into(),
                ])
            }
            once => self.read(once).await,
        }
    }

    /// Not paged; one object, in a list like everything else.
    async fn block_public_access_options(&self) -> Result<Vec<Value>, Trouble> {
        let call = self.ec2.describe_vpc_block_public_access_options();
        let answer = call.send().await.map_err(|error| Trouble::of(&error))?;
        let options = answer.vpc_block_public_access_options();
        Ok(options
            .map(|options| vpc::block_public_access_options(options).into())
            .into_iter()
            .collect())
    }

    /// Paged, though the SDK has no paginator for it.
    async fn block_public_access_exclusions(&self) -> Result<Vec<Value>, Trouble> {
        let mut rows = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let call = self
                .ec2
                .describe_vpc_block_public_access_exclusions()
                .max_results(PAGE);
            let answer = call.set_next_token(token.clone()).send().await;
            let answer = answer.map_err(|error| Trouble::of(&error))?;
            let exclusions = answer.vpc_block_public_access_exclusions();
            rows.extend(
                exclusions
                    .iter()
                    .map(|row| Value::from(vpc::block_public_access_exclusion(row))),
            );
            let next = answer
                .next_token()
                .filter(|token| !token.is_empty())
                .map(str::to_owned);
            if next.is_none() {
                return Ok(rows);
            }
            if next == token {
                return Err(same_page_twice());
            }
            token = next;
        }
    }

    async fn prefix_list_entries(&self, id: &str) -> Result<Vec<Value>, Trouble> {
        let call = self
            .ec2
            .get_managed_prefix_list_entries()
            .prefix_list_id(id)
            .max_results(100);
        let mut entries = Vec::new();
        each_page!(call, next_token, page => entries.extend_from_slice(page.entries()));
        Ok(vec![security_group::prefix_list_entries(id, &entries).into()])
    }

    async fn propagations(&self, table: &str) -> Result<Vec<Value>, Trouble> {
        let call = self.ec2.get_transit_gateway_route_table_propagations();
        let call = call.transit_gateway_route_table_id(table).max_results(PAGE);
        let mut all = Vec::new();
        each_page!(call, next_token, page => {
            all.extend_from_slice(page.transit_gateway_route_table_propagations());
        });
        Ok(vec![transit::propagations(table, &all).into()])
    }

    /// Every route, static and learnt, blackholes included. A filter is required.
    async fn transit_routes(&self, table: &str) -> Result<Vec<Value>, Trouble> {
        let types = Filter::builder()
            .name("type")
            .values("static")
            .values("propagated")
            .build();
        let call = self.ec2.search_transit_gateway_routes();
        let call = call.transit_gateway_route_table_id(table).filters(types);
        let mut routes = Vec::new();
        let mut has_more = None;
        each_page!(call, next_token, page => {
            routes.extend_from_slice(page.routes());
            has_more = page.additional_routes_available();
        });
        Ok(vec![transit::routes(table, &routes, has_more).into()])
    }

    /// None where there is no such alias or version: the path's end is then one that nothing answers to.
    async fn qualified_function(&self, of: &Subject) -> Result<Vec<Value>, Trouble> {
        let call = self.lambda.get_function_configuration().function_name(&of.id);
        match call.set_qualifier(of.qualifier.clone()).send().await {
            Ok(function) => Ok(vec![Object::into(workload::qualified_function(&function))]),
            Err(error) => match Trouble::of(&error) {
                trouble if trouble.kind == TroubleKind::NotFound => Ok(Vec::new()),
                trouble => Err(trouble),
            },
        }
    }
}

/// What a call is made for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Subject {
    /// An id, a name or an ARN.
    pub(super) id: String,
    /// Of a function: its version or alias.
    pub(super) qualifier: Option<String>,
}
