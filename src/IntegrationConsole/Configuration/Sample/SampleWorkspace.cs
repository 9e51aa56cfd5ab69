using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Credentials;
using IntegrationConsole.Tenants;
using Npgsql;

namespace IntegrationConsole.Configuration.Sample;

/// <summary>A tenant with working integrations, made at the first start, so that there is something to look at and to break.</summary>
public sealed class SampleWorkspace(
    ConsoleDatabase database, OutgoingGuard guard, SampleSource source, TenantStore tenants, CredentialStore credentials, ConnectionStore connections,
    SampleIntegrations integrations, ILogger<SampleWorkspace> logger)
{
    private const string Slug = "sample";
    private const string SourceName = "Reference data (this console)";
    private const string DestinationName = "Sample database";
    private const string GuestName = "sample_destination";

    /// <summary>Makes the workspace where there is no tenant at all; where it is there, follows the ports.</summary>
    /// <returns>Its run that sets records aside, where it is new.</returns>
    public async Task<SampleRun?> EnsureAsync(Uri console, CancellationToken cancellationToken)
    {
        if (await tenants.FindBySlugAsync(Slug, cancellationToken) is { } known)
        {
            await FollowPortsAsync(known.Id, console, cancellationToken);
            return null;
        }

        return (await tenants.ListAllAsync(cancellationToken)).Count == 0 ? await CreateAsync(console, cancellationToken) : null;
    }

    private async Task<SampleRun?> CreateAsync(Uri console, CancellationToken cancellationToken)
    {
        if (!guard.MayReach(IPAddress.Loopback))
        {
            logger.LogInformation("The sample workspace is left out: it needs this machine's own addresses, which Outgoing:AllowedNetworks does not hold");
            return null;
        }

        var password = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(18));
        if (await database.CreateGuestDatabaseAsync(GuestName, password, cancellationToken) is not { } guest)
        {
            logger.LogInformation("The sample workspace is left out: this database server does not let us make a database for it");
            return null;
        }

        var actor = Actor.System;
        if (await tenants.CreateAsync(new TenantSettings("Sample workspace", Slug, "UTC", "Made by the console itself. Erase it under Settings when you need it no more."), actor, cancellationToken) is not { } tenant)
        {
            return null;
        }

        var key = await credentials.CreateAsync(
            tenant, new CredentialDraft("Reference data key", AuthenticationKind.ApiKey, new Dictionary<string, string> { ["place"] = "header", ["name"] = SampleSource.KeyHeader }, source.Key, null), actor, cancellationToken);
        var login = await credentials.CreateAsync(
            tenant, new CredentialDraft("Sample database login", AuthenticationKind.DatabaseLogin, new Dictionary<string, string> { ["user"] = guest.Username! }, password, null), actor, cancellationToken);
        var from = await connections.CreateAsync(tenant, new ConnectionDraft(SourceName, "rest", SourceSettings(console).ToJsonString(), key), actor, cancellationToken);
        var settings = JsonSerializer.Serialize(new { host = guest.Host, port = guest.Port, database = guest.Database, tls = "prefer" });
        var to = await connections.CreateAsync(tenant, new ConnectionDraft(DestinationName, "postgres", settings, login), actor, cancellationToken);
        return await integrations.CreateAsync(tenant, from!.Value, to!.Value, actor, cancellationToken);
    }

    /// <summary>The console and its embedded server may have other ports than at the last start.</summary>
    private async Task FollowPortsAsync(TenantId tenant, Uri console, CancellationToken cancellationToken)
    {
        await FollowAsync(tenant, SourceName, "baseAddress", AddressOf(console), settings => Uri.TryCreate((string?)settings["baseAddress"], UriKind.Absolute, out var old) && old.IsLoopback, cancellationToken);
        if (database.IsEmbedded)
        {
            var port = new NpgsqlConnectionStringBuilder(database.Source.ConnectionString).Port;
            await FollowAsync(tenant, DestinationName, "port", port, settings => (string?)settings["database"] == GuestName && (string?)settings["host"] == "127.0.0.1", cancellationToken);
        }
    }

    /// <summary>Corrects one setting of a connection, unless somebody has made another connection of it.</summary>
    private async Task FollowAsync(TenantId tenant, string name, string setting, JsonNode wanted, Func<JsonObject, bool> isOurs, CancellationToken cancellationToken)
    {
        var connection = (await connections.ListAsync(tenant, cancellationToken)).FirstOrDefault(candidate => candidate.Name == name);
        if (connection is not null && JsonNode.Parse(connection.Settings) is JsonObject settings && isOurs(settings) && !JsonNode.DeepEquals(settings[setting], wanted))
        {
            settings[setting] = wanted;
            await connections.UpdateAsync(tenant, connection.Id, connection.Version, new ConnectionDraft(connection.Name, connection.Kind, settings.ToJsonString(), connection.CredentialId), Actor.System, cancellationToken);
        }
    }

    /// <summary>Whatever the console listens on, it reaches itself by the loopback address.</summary>
    private static string AddressOf(Uri console) => $"{console.Scheme}://127.0.0.1:{console.Port}/sample-api";

    private static JsonObject SourceSettings(Uri console) => new()
    {
        ["baseAddress"] = AddressOf(console),
        ["testPath"] = "/regions?limit=1",
        ["streams"] = new JsonArray(Stream("regions", "code"), Stream("currencies", "code"), Stream("time-zones", "id")),
    };

    private static JsonObject Stream(string name, string key) => new()
    {
        ["name"] = name,
        ["path"] = $"/{name}",
        ["keyFields"] = key,
        ["canRead"] = true,
        ["canWrite"] = false,
        ["records"] = "items",
        ["pagination"] = "page",
        ["pageParameter"] = "page",
        ["firstPage"] = 1,
        ["sizeParameter"] = "limit",
        ["pageSize"] = 50,
        ["stop"] = "empty",
        ["totalPath"] = "total",
    };
}
