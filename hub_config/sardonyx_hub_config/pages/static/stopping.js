// The page of a server that stops: when it has, the hub says so at the same address.
import { lookAgain } from "./still.js";

const EVERY_MS = 1000;

async function wait() {
  await lookAgain();
  setTimeout(wait, EVERY_MS);
}

setTimeout(wait, EVERY_MS);
