//! All pages of an answer, or none of it.

use super::trouble::{Trouble, TroubleKind};

/// All pages of a call, each handed on. The SDK takes a token that comes twice for the end of the list: it is none.
macro_rules! each_page {
    ($request:expr, $token:ident, $page:ident => $take:expr) => {{
        let mut pages = $request.into_paginator().send();
        let mut is_cut = false;
        while let Some(page) = pages.next().await {
            let $page = page.map_err(|error| $crate::aws::trouble::Trouble::of(&error))?;
            is_cut = $page.$token().is_some_and(|token| !token.is_empty());
            $take;
        }
        if is_cut {
            return Err($crate::aws::pages::same_page_twice());
        }
    }};
}

pub(super) use each_page;

/// A list without an end is none.
pub(super) fn same_page_twice() -> Trouble {
    Trouble::new(TroubleKind::Other, "AWS gave the same page twice")
}
