using System.Collections.Concurrent;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Credentials;
using IntegrationConsole.Tenants;
using IntegrationConsole.Webhooks.Verification;

namespace IntegrationConsole.Webhooks.Receiving;

/// <summary>
/// The endpoints that this node heard of lately, with their secrets, so that a delivery costs one insert. Dropped as soon
/// as anybody, on any node, changes an endpoint or a credential, and after half a minute anyway.
/// </summary>
internal sealed class OpenEndpoints : IDisposable
{
    /// <summary>Ids that nobody has are remembered, too; whoever sends many does not fill the memory.</summary>
    private const int Most = 10_000;

    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FoundWithin = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly WebhookStore _endpoints;
    private readonly CredentialBroker _secrets;
    private readonly TenantSeals _seals;
    private readonly TimeProvider _clock;
    private readonly IDisposable _subscription;
    private long _changes;

    public OpenEndpoints(WebhookStore endpoints, CredentialBroker secrets, TenantSeals seals, ChangeBroadcaster changes, TimeProvider clock)
    {
        _endpoints = endpoints;
        _secrets = secrets;
        _seals = seals;
        _clock = clock;
        _subscription = changes.Subscribe(change =>
        {
            if (change.Topic is WebhookStore.Topic or CredentialStore.Topic or Change.Everything)
            {
                Interlocked.Increment(ref _changes);
            }
        });
    }

    /// <summary>Whether there was such an endpoint when somebody last looked.</summary>
    public bool Knows(string publicId) => _known.TryGetValue(publicId, out var known) && known.Endpoint is { IsCompletedSuccessfully: true, Result: not null };

    /// <summary>Those who come while it is looked up wait for the one who looks.</summary>
    /// <returns>Null where there is none.</returns>
    public async ValueTask<OpenEndpoint?> FindAsync(string publicId, CancellationToken cancellationToken)
    {
        // Counted before the look-up: what was read before a change and arrives here after it is not kept.
        var changes = Interlocked.Read(ref _changes);
        if (!_known.TryGetValue(publicId, out var known) || !IsGood(known, changes))
        {
            known = Look(publicId, changes);
        }

        return await known.Endpoint.WaitAsync(cancellationToken);
    }

    public void Dispose() => _subscription.Dispose();

    private bool IsGood(Known known, long changes) =>
        known.Changes == changes && _clock.GetUtcNow() - known.At <= KeptFor && known.Endpoint is { IsFaulted: false, IsCanceled: false };

    private Known Look(string publicId, long changes)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(publicId, out var known) && IsGood(known, changes))
            {
                return known;
            }

            if (_known.Count >= Most)
            {
                _known.Clear();
            }

            return _known[publicId] = new Known(LookAsync(publicId), _clock.GetUtcNow(), changes);
        }
    }

    private async Task<OpenEndpoint?> LookAsync(string publicId)
    {
        // Nobody waits for the lock while the database answers.
        await Task.Yield();
        using var within = new CancellationTokenSource(FoundWithin, _clock);
        return await OpenAsync(publicId, within.Token);
    }

    private async Task<OpenEndpoint?> OpenAsync(string publicId, CancellationToken cancellationToken)
    {
        if (await _endpoints.FindByAddressAsync(publicId, cancellationToken) is not { } endpoint)
        {
            return null;
        }

        var keys = new List<byte[]>();
        foreach (var credential in new[] { endpoint.CredentialId, endpoint.OldCredentialId }.OfType<Guid>())
        {
            if (await SecretAsync(endpoint.TenantId, credential, cancellationToken) is { } secret)
            {
                keys.Add(SigningKey.Of(endpoint.Rules.Scheme, secret));
            }
        }

        return new OpenEndpoint(endpoint.TenantId, endpoint.Id, endpoint.Rules, endpoint.Enabled, keys, await _seals.ForAsync(endpoint.TenantId, cancellationToken));
    }

    private async Task<string?> SecretAsync(TenantId tenant, Guid credential, CancellationToken cancellationToken)
    {
        try
        {
            return (await _secrets.OpenAsync(tenant, credential, cancellationToken)).Secret is { Length: > 0 } secret ? secret : null;
        }
        catch (FailureException)
        {
            // Deleted at this moment: without a secret nothing is proved, and everything refused.
            return null;
        }
    }

    /// <param name="Changes">How many changes had been heard of when the look-up began.</param>
    private sealed record Known(Task<OpenEndpoint?> Endpoint, DateTimeOffset At, long Changes);
}
