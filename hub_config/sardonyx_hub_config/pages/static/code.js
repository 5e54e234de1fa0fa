// The QR code on a card has its code behind the "#": so no server, and no log of one, sees it before the person says so.
const field = document.getElementById("code");

function take() {
  // Of a card there is also what proves that it was not guessed.
  const [code, proof = ""] = decodeURIComponent(location.hash.slice(1)).slice(0, 60).split(".");
  if (!field || !code) return;
  field.value = code;
  document.getElementById("proof").value = proof;
  history.replaceState(null, "", location.pathname + location.search);
  document.getElementById("shown_name").focus();
  // Who is in this field has seen that they can have a name.
  document.getElementById("ask-name")?.remove();
}

take();
// Another card, in the window in which one was refused: nothing is loaded again for what is behind the "#".
addEventListener("hashchange", take);
