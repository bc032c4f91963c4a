/** The choice beside the nodes: a role that holds for all of them. */
export const everywhere = { value: "all", label: "All nodes" };
