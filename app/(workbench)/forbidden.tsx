import { Anchor, Container, Text, Title } from "@mantine/core";
import Link from "next/link";

/** Stands in place of a page that the signed-in person may not see; answered with 403. */
export default function Forbidden() {
  return (
    <Container size="sm" py="xl">
      <Title order={1} size="h2" mb="xs">
        You may not see this page
      </Title>
      <Text mb="md">None of your roles allows it. Ask an admin for one that does.</Text>
      <Anchor component={Link} href="/">
        Go to the workbench
      </Anchor>
    </Container>
  );
}
