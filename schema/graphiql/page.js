"use strict";

// The token comes from the field, or from the address as #token=...: what is behind # is never sent to a server. It is
// taken out of the address at once and kept for this tab only.
const KEY = "hourledger-token";
const given = new URLSearchParams(location.hash.slice(1));
if (given.get("token")) {
  sessionStorage.setItem(KEY, given.get("token"));
  history.replaceState(null, "", location.pathname + location.search);
}

const field = document.getElementById("token");
const who = document.getElementById("who");
field.value = sessionStorage.getItem(KEY) || "";

const authorization = () => (field.value ? { authorization: `Bearer ${field.value}` } : {});

const socket = () =>
  graphqlWs.createClient({
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`,
    connectionParams: authorization,
    lazy: true,
    retryAttempts: 3,
  });

let wsClient = socket();
let send = GraphiQL.createFetcher({ url: "/graphql", wsClient });

const fetcher = (request, options) =>
  send(request, { ...options, headers: { ...authorization(), ...(options && options.headers) } });

const START = `# Ctrl-Enter runs, Ctrl-Space completes. Every field is described on the left.
query ProjectsWithFinances {
  viewer { subject organisation { name baseCurrency } }
  projects(first: 20) {
    nodes {
      id
      code
      name
      company { name }
      finances {
        actualHours
        actualCost { amount currency }
        actualRevenue { amount currency }
        unbilledRevenue { amount currency }
        margin { amount currency }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}

# Run this one in a second tab and log time in the first.
subscription Figures {
  projectFinancesChanged {
    seq
    cause
    project { code }
    actualHours
    actualRevenue { amount currency }
  }
}
`;

const root = ReactDOM.createRoot
  ? ReactDOM.createRoot(document.getElementById("graphiql"))
  : { render: (element) => ReactDOM.render(element, document.getElementById("graphiql")) };

const show = (key) =>
  root.render(
    React.createElement(GraphiQL, {
      key,
      fetcher,
      defaultQuery: START,
      defaultEditorToolsVisibility: true,
      isHeadersEditorEnabled: true,
      shouldPersistHeaders: false,
    }),
  );

const introduce = async () => {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", ...authorization() },
    body: JSON.stringify({ query: "{ viewer { subject organisation { name } } }" }),
  });
  const { data, errors } = await answer.json();
  who.textContent = data && data.viewer ? `${data.viewer.subject} at ${data.viewer.organisation.name}` : errors[0].message;
};

let shown = 0;
document.getElementById("access").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(KEY, field.value);
  wsClient.dispose();
  wsClient = socket();
  send = GraphiQL.createFetcher({ url: "/graphql", wsClient });
  shown += 1;
  introduce();
  show(shown); // a new token may see a schema that the former could not load
});

introduce();
show(shown);
