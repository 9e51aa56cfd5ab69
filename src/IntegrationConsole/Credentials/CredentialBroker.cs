using System.Collections.Concurrent;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Credentials;

/// <summary>
/// Hands out secrets and tokens at the moment of sending. Keeps what it opened in memory for a short while and drops it
/// as soon as anybody, on any node, replaces it.
/// </summary>
public sealed class CredentialBroker : IDisposable
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan UseIsNotedEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(TenantId Tenant, Guid Id), Opened> _opened = new();
    private readonly ConcurrentDictionary<(TenantId Tenant, Guid Id), DateTimeOffset> _noted = new();
    private long _changes;
    private readonly CredentialStore _credentials;
    private readonly AccessTokens _tokens;
    private readonly TimeProvider _clock;
    private readonly IDisposable _subscription;

    public CredentialBroker(CredentialStore credentials, AccessTokens tokens, ChangeBroadcaster changes, TimeProvider clock)
    {
        _credentials = credentials;
        _tokens = tokens;
        _clock = clock;
        _subscription = changes.Subscribe(change =>
        {
            if (change.Topic is CredentialStore.Topic or Change.Everything)
            {
                Interlocked.Increment(ref _changes);
                _opened.Clear();
            }
        });
    }

    /// <exception cref="FailureException">The credential is gone.</exception>
    internal async ValueTask<(Credential Credential, string Secret)> OpenAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();

        // Counted before the look-up: a secret that was read before a change and arrives here after it is not kept.
        var changes = Interlocked.Read(ref _changes);
        if (!_opened.TryGetValue((tenant, id), out var opened) || now - opened.At > KeptFor || opened.Changes != changes)
        {
            var (credential, secret) = await _credentials.OpenAsync(tenant, id, cancellationToken)
                ?? throw new FailureException(new Failure(FailureCause.Configuration, "The connection's credential was deleted: choose another one."));
            opened = new Opened(credential, secret, now, changes);
            _opened[(tenant, id)] = opened;
        }

        await NoteUseAsync(tenant, id, now, cancellationToken);
        return (opened.Credential, opened.Secret);
    }

    /// <summary>A token that is good for a while; another than <paramref name="refused"/> where one was refused.</summary>
    internal async Task<string> TokenAsync(TenantId tenant, Guid id, string? refused, CancellationToken cancellationToken)
    {
        var (credential, secret) = await OpenAsync(tenant, id, cancellationToken);
        return await _tokens.GetAsync(credential, secret, refused, cancellationToken);
    }

    public void Dispose() => _subscription.Dispose();

    private async Task NoteUseAsync(TenantId tenant, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!_noted.TryGetValue((tenant, id), out var last) || now - last > UseIsNotedEvery)
        {
            _noted[(tenant, id)] = now;
            await _credentials.MarkUsedAsync(tenant, id, cancellationToken);
        }
    }

    /// <param name="Changes">How many changes had been heard of when the look-up began.</param>
    private sealed record Opened(Credential Credential, string Secret, DateTimeOffset At, long Changes)
    {
        public override string ToString() => Credential.Name;
    }
}
