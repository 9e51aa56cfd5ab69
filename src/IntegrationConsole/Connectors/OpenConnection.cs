using System.Text.Json;

namespace IntegrationConsole.Connectors;

/// <summary>A connection ready to be used: its settings, and how it proves who it is.</summary>
public sealed record OpenConnection(TenantId Tenant, Guid Id, string Name, string Kind, JsonElement Settings, IAuthentication Authentication)
{
    /// <summary>
    /// Somebody looks at it or tries it out: what its calls come to says nothing about the integrations that use it,
    /// and is not counted.
    /// </summary>
    public bool IsTrial { get; init; }

    /// <summary>It is used for a backfill, whose calls may be held to a share of the budget.</summary>
    public bool IsBackfill { get; init; }

    /// <summary>It is used for a replay, whose calls are told apart from those of the usual runs.</summary>
    public bool IsReplay { get; init; }

    /// <summary>What it proves itself with; null where it needs nothing.</summary>
    public Guid? CredentialId { get; init; }

    /// <summary>Whose calls are counted together: those of one credential, whichever connections use it.</summary>
    public Guid BudgetId => CredentialId ?? Id;

    public T Read<T>() => Settings.Deserialize<T>(JsonSerializerOptions.Web) ?? throw new JsonException("The settings are empty.");
}

/// <summary>Proves who we are at the moment of sending: a token is never copied into a job.</summary>
public interface IAuthentication
{
    /// <summary>Adds the proof to a request. Must be called again for each attempt.</summary>
    ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken);

    /// <summary>After a refusal: gets another proof than the one that was refused, where that is possible.</summary>
    /// <returns>Whether another attempt may fare better.</returns>
    ValueTask<bool> RenewAsync(HttpRequestMessage refused, CancellationToken cancellationToken);

    /// <summary>The login for a database; null where there is none.</summary>
    ValueTask<DatabaseLogin?> LoginAsync(CancellationToken cancellationToken);
}

/// <summary>For systems that ask for nothing.</summary>
public sealed class NoAuthentication : IAuthentication
{
    public ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<bool> RenewAsync(HttpRequestMessage refused, CancellationToken cancellationToken) => ValueTask.FromResult(false);

    public ValueTask<DatabaseLogin?> LoginAsync(CancellationToken cancellationToken) => ValueTask.FromResult<DatabaseLogin?>(null);
}

public sealed record DatabaseLogin(string User, string Password)
{
    /// <summary>Without the password, wherever this might be printed.</summary>
    public override string ToString() => User;
}
