// A link that fills in the start form keeps its fragment through the sign-in, with a provider's pages in between too.
const next = new URLSearchParams(location.search).get("next");
if (next && location.hash) sessionStorage.setItem("sx-link", JSON.stringify({ path: next.split("?")[0], hash: location.hash }));
