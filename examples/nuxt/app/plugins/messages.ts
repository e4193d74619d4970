import { messages } from "onceover/nuxt-app";

export default defineNuxtPlugin(messages());
