using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;
using IntegrationConsole.Tests.Connectors.Postgres;
using OutsideWorld;

namespace IntegrationConsole.Tests.Sync.Faults;

/// <summary>
/// The people that a company's two systems hold: those of its shop, behind an API, and those that have arrived in its
/// database, or in the list of another API.
/// </summary>
internal sealed class Company(OutsideWorldServer server, CustomerDatabase database)
{
    /// <summary>Stands in every record, and must stand nowhere that is shown or logged.</summary>
    public const string Payload = "zq7private";

    public const string DatabasePassword = "right-of-the-database";
    public const string WrongPassword = "wrong-as-can-be";

    /// <summary>Nothing of this may be shown or logged either.</summary>
    public static readonly string[] Secrets = [Payload, DatabasePassword, WrongPassword, SecureArea.Password, TokenOffice.ClientSecret];

    private readonly SortedDictionary<int, JsonObject> _people = [];

    public OutsideWorldServer Server => server;

    public CustomerDatabase Database => database;

    /// <summary>Who is in the shop: with these numbers, and one change each.</summary>
    public void Has(int first, int last)
    {
        for (var id = first; id <= last; id++)
        {
            _people[id] = new JsonObject { ["id"] = id, ["changed"] = id, ["name"] = $"P{id} {Payload}", ["email"] = $"{id}@{Payload}.example", ["age"] = 30, ["amount"] = 12.5m };
        }

        Serve();
    }

    /// <summary>Somebody is not as the others; null takes a value away.</summary>
    public void Spoil(int id, string field, JsonNode? value)
    {
        _people[id][field] = value;
        Serve();
    }

    /// <summary>Everybody of the shop, but for some, as rows with bars between their values.</summary>
    public IReadOnlyList<string> Expected(params int[] without) => [.. _people.Where(person => !without.Contains(person.Key)).Select(person => Row(person.Value))];

    public Task<IReadOnlyList<string>> InDatabaseAsync() => database.RowsAsync("select id, name, email, age, amount from people order by id, ctid");

    /// <summary>What arrived in the list of the other API, doubles and all.</summary>
    public IReadOnlyList<string> InList() =>
        [.. server.Sinks["people"].Items.Select(item => JsonNode.Parse(item)!.AsObject()).OrderBy(person => person["id"]!.GetValue<int>()).Select(Row)];

    /// <summary>The two systems' settings as an operator enters them.</summary>
    public JsonObject ShopSettings(string door, int pageSize = 10) => JsonSerializer.SerializeToNode(new
    {
        baseAddress = server.Address, timeoutSeconds = 300,
        streams = new[]
        {
            new
            {
                name = "people", path = $"{door}/nextlink/people", keyFields = "id", records = "value", pagination = "nextLink", nextLinkPath = "next", sizeParameter = "limit", pageSize,
                incrementalParameter = "since", cursorField = "changed",
            },
        },
    })!.AsObject();

    public JsonObject DatabaseSettings() => JsonNode.Parse(database.Connection().Settings.GetRawText())!.AsObject();

    /// <param name="isIdempotent">Whether the API lets a person be put as often as one likes.</param>
    public JsonObject ListSettings(bool isIdempotent) => JsonSerializer.SerializeToNode(new
    {
        baseAddress = server.Address, timeoutSeconds = 300,
        streams = new[]
        {
            new
            {
                name = "people", path = "/secure/basic/sink/people", keyFields = "id", canRead = false, canWrite = true, upsert = isIdempotent ? "put" : "none",
                upsertPath = "/secure/basic/sink/people/{key}", parallelCalls = 1,
            },
        },
    })!.AsObject();

    public static CredentialDraft Basic(string name) =>
        new(name, AuthenticationKind.Basic, new Dictionary<string, string> { ["user"] = SecureArea.User }, SecureArea.Password, null);

    public CredentialDraft Client(string name) => new(
        name, AuthenticationKind.OAuth2ClientCredentials,
        new Dictionary<string, string> { ["tokenUrl"] = $"{server.Address}/oauth/token", ["clientId"] = TokenOffice.ClientId }, TokenOffice.ClientSecret, null);

    /// <summary>A table with a rule for each way in which a row can be refused, and a login that may write to it.</summary>
    public async Task<CredentialDraft> PrepareDatabaseAsync()
    {
        await database.RunAsync($"""
            create table people (
                id int not null constraint people_pkey primary key, name varchar(20) not null, email text not null constraint people_email_once unique,
                age smallint constraint people_age_sane check (age between 0 and 150), amount numeric(8,2))
            """);
        var (user, _) = await database.GivenALoginAsync();
        await database.AdministerAsync($"alter role {user} password '{DatabasePassword}'; grant select, insert, update on people to {user}; grant create on schema public to {user}");
        return new CredentialDraft("login", AuthenticationKind.DatabaseLogin, new Dictionary<string, string> { ["user"] = user }, DatabasePassword, null);
    }

    private void Serve() => server.Put("people", _people.Values.Select(person => person.ToJsonString()));

    private static string Row(JsonObject person) => string.Create(
        CultureInfo.InvariantCulture, $"{person["id"]}|{person["name"]}|{person["email"]?.ToString() ?? "null"}|{person["age"]}|{decimal.Parse(person["amount"]!.ToString(), CultureInfo.InvariantCulture):0.00}");
}
