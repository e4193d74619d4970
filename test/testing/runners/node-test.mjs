import { test } from "node:test";
import { defineCases } from "./cases.mjs";

defineCases(test);
