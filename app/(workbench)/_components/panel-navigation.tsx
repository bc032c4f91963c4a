import { NavLink } from "./nav-link.tsx";
import type { Navigation } from "./navigation.ts";

/** The same navigation at the top of the panel, for screens whose header has no room. */
export function PanelNavigation({ work, administration }: Navigation) {
  const groups = [
    { title: "Work", entries: work },
    { title: "Administration", entries: administration },
  ];
  return (
    <nav aria-label="Main" className="border-0 border-b border-solid border-line p-2 lg:hidden">
      {groups.map(
        ({ title, entries }) =>
          entries.length > 0 && (
            <div key={title} className="mb-1">
              <h2 className="m-0 px-3 py-1 text-xs font-semibold text-dimmed">{title}</h2>
              <ul className="m-0 grid list-none grid-cols-2 gap-x-1 p-0">
                {entries.map((entry) => (
                  <li key={entry.href}>
                    <NavLink {...entry} />
                  </li>
                ))}
              </ul>
            </div>
          ),
      )}
    </nav>
  );
}
