import { Messages } from "@/components/messages";

export default function About() {
  return (
    <main>
      <h1>About</h1>
      <Messages />
      <p>Messages that were not shown elsewhere are shown here.</p>
    </main>
  );
}
