import { Messages } from "@/components/messages";
import { Hideable } from "./hideable";

export default function Hidden() {
  return (
    <Hideable>
      <Messages />
    </Hideable>
  );
}
