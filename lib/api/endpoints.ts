import { alertEndpoints } from "./alerts.ts";
import { apiKeyEndpoints } from "./api-keys.ts";
import { auditEndpoints } from "./audit.ts";
import { credentialEndpoints } from "./credentials.ts";
import { dashboardEndpoints } from "./dashboard.ts";
import type { Endpoint } from "./endpoint.ts";
import { networkEndpoints } from "./network.ts";
import { nodeEndpoints } from "./nodes.ts";
import { retentionEndpoints } from "./retention.ts";
import { rotationEndpoints } from "./rotation.ts";
import { runEndpoints } from "./runs.ts";
import { sessionEndpoints } from "./sessions.ts";
import { transportEndpoints } from "./transports.ts";
import { triggerEndpoints } from "./triggers.ts";
import { userEndpoints } from "./users.ts";

/** Every operation of the REST API, in the order of the document. */
export const allEndpoints: readonly Endpoint[] = [
  ...nodeEndpoints,
  ...credentialEndpoints,
  ...rotationEndpoints,
  ...networkEndpoints,
  ...transportEndpoints,
  ...triggerEndpoints,
  ...runEndpoints,
  ...userEndpoints,
  ...apiKeyEndpoints,
  ...sessionEndpoints,
  ...alertEndpoints,
  ...dashboardEndpoints,
  ...retentionEndpoints,
  ...auditEndpoints,
];
