import { messages } from "onceover/nuxt";
import { contractConfig, type StorageName } from "../../contract-app";

const config = contractConfig((process.env.CONTRACT_STORAGE ?? "fallback") as StorageName);

export default defineNitroPlugin(
  messages(config, process.env.CONTRACT_SESSION === "none" ? {} : { session: (event) => event.context.session }),
);
