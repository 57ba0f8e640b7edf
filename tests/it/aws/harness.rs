//! The tools that the other tests rest on do what they say.

use super::moto::{Account, REGION, moto};
use super::proxy::{Proxy, Step};

/// A runtime for one test.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// A field of a form that was sent.
pub(crate) fn form_field(body: &str, name: &str) -> Option<String> {
    let mut fields = body.split('&').filter_map(|field| field.split_once('='));
    fields
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

#[test]
fn every_test_has_an_account_of_its_own() {
    block_on(async {
        let (one, other) = (Account::new().await, Account::new().await);
        assert_ne!(one.id, other.id);
        for account in [&one, &other] {
            let config = account.config(moto().url(), REGION).await;
            let identity = aws_sdk_sts::Client::new(&config)
                .get_caller_identity()
                .send()
                .await
                .unwrap();
            assert_eq!(identity.account(), Some(account.id.as_str()));
        }
        let config = one.config(moto().url(), REGION).await;
        let ec2 = aws_sdk_ec2::Client::new(&config);
        ec2.create_vpc().cidr_block("10.99.0.0/16").send().await.unwrap();
        let count = async |account: &Account| {
            let config = account.config(moto().url(), REGION).await;
            let answer = aws_sdk_ec2::Client::new(&config)
                .describe_vpcs()
                .send()
                .await
                .unwrap();
            answer.vpcs().len()
        };
        // The default VPC is in both.
        assert_eq!((count(&one).await, count(&other).await), (2, 1));
    });
}

#[test]
fn the_proxy_fails_pages_and_counts() {
    block_on(async {
        let account = Account::new().await;
        let proxy = Proxy::before(moto().url());
        let config = account.config(proxy.url(), REGION).await;
        let ec2 = aws_sdk_ec2::Client::new(&config);
        proxy.script("ec2", "DescribeVpcs", [Step::throttled()]);
        ec2.describe_vpcs().send().await.unwrap();
        assert_eq!(proxy.count("ec2", "DescribeVpcs"), 2);

        proxy.always("ec2", "DescribeSubnets", Step::Pages(2));
        let mut pages = ec2.describe_subnets().into_paginator().send();
        let mut sizes = Vec::new();
        while let Some(page) = pages.next().await {
            sizes.push(page.unwrap().subnets().len());
        }
        assert_eq!(sizes, [2, 1]);

        proxy.always("ec2", "DescribeNatGateways", Step::denied());
        let error = ec2.describe_nat_gateways().send().await.unwrap_err();
        let error = error.into_service_error();
        assert_eq!(error.meta().code(), Some("UnauthorizedOperation"));
        assert_eq!(proxy.count("ec2", "DescribeNatGateways"), 1);

        proxy.script(
            "ec2",
            "DescribeVpcs",
            [
                Step::Close(20),
                Step::rewrite(|text| text.replace("172.31.0.0", "10.77.0.0")),
            ],
        );
        let answer = ec2.describe_vpcs().send().await.unwrap();
        assert_eq!(answer.vpcs()[0].cidr_block(), Some("10.77.0.0/16"));
        assert_eq!(proxy.count("ec2", "DescribeVpcs"), 4);
    });
}

#[test]
fn the_proxy_knows_whose_call_it_is() {
    block_on(async {
        let account = Account::new().await;
        let proxy = Proxy::before(moto().url());
        let sts = aws_sdk_sts::Client::new(&account.config(proxy.url(), REGION).await);
        let other = "712345678901";
        let assumed = sts
            .assume_role()
            .role_arn(format!("arn:aws:iam::{other}:role/read"))
            .role_session_name("test")
            .send()
            .await
            .unwrap();
        let keys = assumed.credentials().unwrap();
        let credentials = aws_credential_types::Credentials::new(
            keys.access_key_id(),
            keys.secret_access_key(),
            Some(keys.session_token().to_owned()),
            None,
            "test",
        );
        let credentials = aws_credential_types::provider::SharedCredentialsProvider::new(credentials);
        let config = account.config(proxy.url(), REGION).await;
        let config = config.into_builder().credentials_provider(credentials).build();
        proxy.always_of(other, "ec2", "DescribeVpcs", Step::denied());
        aws_sdk_ec2::Client::new(&config)
            .describe_vpcs()
            .send()
            .await
            .unwrap_err();
        let calls = proxy.calls();
        assert_eq!(calls.last().unwrap().account.as_deref(), Some(other));
        let own = account.config(proxy.url(), REGION).await;
        aws_sdk_ec2::Client::new(&own)
            .describe_vpcs()
            .send()
            .await
            .unwrap();
    });
}
