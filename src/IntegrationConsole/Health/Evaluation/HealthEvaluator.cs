using System.Diagnostics;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Credentials;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Health.Probing;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tenants.Maintenance;

namespace IntegrationConsole.Health.Evaluation;

/// <summary>
/// Says when to evaluate: everything twice a minute, and a tenant shortly after something of it changed. Changes that
/// come in a burst are looked at together, the more so the longer an evaluation takes, so health never eats the machine.
/// </summary>
public sealed class HealthEvaluator(HealthEvaluation evaluation, ChangeBroadcaster changes, TimeProvider clock, ILogger<HealthEvaluator> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);
    private static readonly HashSet<string> Topics =
    [
        RunStore.Topic, DeadLetterStore.Topic, ReplayStore.Topic, ReconciliationStore.Topic, SyncStore.Topic, ConnectionStore.Topic, CircuitStore.Topic, CredentialStore.Topic, TenantStore.Topic, FailureGroupStore.Topic,
        MaintenanceStore.Topic, ProbeStore.Topic,
    ];

    private readonly Lock _gate = new();
    private readonly HashSet<TenantId> _changed = [];
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _all = true;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = changes.Subscribe(Note);
        using var timer = clock.CreateTimer(_ => NoteAll(), null, Interval, Interval);
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = await EvaluateAsync(Take(), stoppingToken);
            await Task.Delay(pause, clock, stoppingToken);
            await NewsAsync().WaitAsync(stoppingToken);
        }
    }

    /// <returns>How long to leave the database alone.</returns>
    private async Task<TimeSpan> EvaluateAsync(IReadOnlyCollection<TenantId>? tenants, CancellationToken stoppingToken)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            if (!await evaluation.EvaluateAsync(tenants, stoppingToken))
            {
                PutBack(tenants);
                return ShortestPause;
            }

            var took = 4 * Stopwatch.GetElapsedTime(started);
            return took > ShortestPause ? took : ShortestPause;
        }
        catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
        {
            // The border of a job. Readers see by the age of the last evaluation that nothing is known.
            logger.LogError(problem, "Computing health failed; trying again in {Pause}", AfterFailure);
            PutBack(tenants);
            return AfterFailure;
        }
    }

    private void Note(Change change)
    {
        if (change.Topic == Change.Everything)
        {
            NoteAll();
        }
        else if (change.Tenant is { } tenant && Topics.Contains(change.Topic))
        {
            PutBack([tenant]);
        }
    }

    private void NoteAll() => PutBack(null);

    private void PutBack(IReadOnlyCollection<TenantId>? tenants)
    {
        lock (_gate)
        {
            _all |= tenants is null;
            _changed.UnionWith(tenants ?? []);
            _news.TrySetResult();
        }
    }

    private Task NewsAsync()
    {
        lock (_gate)
        {
            return _news.Task;
        }
    }

    /// <returns>What to look at now; null for everything.</returns>
    private HashSet<TenantId>? Take()
    {
        lock (_gate)
        {
            var taken = _all ? null : _changed.ToHashSet();
            _all = false;
            _changed.Clear();
            _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return taken;
        }
    }
}
