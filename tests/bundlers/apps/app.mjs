import { check } from "./check.js";

check().then((line) => console.log(line));
