export { GET } from "@/lib/messages";
