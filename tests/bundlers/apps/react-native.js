import { createVerifier } from "countersign";

createVerifier({ issuer: "https://tenant.example/", audience: "https://api.example" });
