import { check } from "./check.js";

check().then((line) => {
  document.getElementById("said").textContent = line;
});
