using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Limits;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Tenants.Pages;

/// <summary>What a tenant may take of what all share, and what it takes now.</summary>
public sealed partial class QuotasPage(QuotaStore quotas, QuotaUses uses, LimitReader limits, TimeProvider clock)
{
    private TenantQuota? _quota;
    private QuotaOptions _defaults = new();
    private QuotaUse _use = QuotaUse.None;
    private IReadOnlyList<LimitWarning> _near = [];
    private Typed _typed = Typed.Of(QuotaSettings.Default);
    private Typed _stored = Typed.Of(QuotaSettings.Default);
    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();
    private bool _outdated;
    private int _refusals;

    /// <remarks>What is being saved is not asked about.</remarks>
    private bool Changed => !IsBusy && _typed != _stored;

    private string LineWords => _use.Waiting switch
    {
        0 => "Nobody stands in it.",
        1 => "One run stands in it.",
        { } waiting => $"{Durations.Exact(waiting)} runs stand in it.",
    };

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _defaults = quotas.Defaults;
        _quota = await quotas.FindAsync(Id, Leaving);
        _typed = _stored = Typed.Of(_quota.Own);
        _outdated = false;
        await FetchUseAsync();
    }

    /// <summary>What is being typed stays.</summary>
    private async Task FetchUseAsync()
    {
        _use = await uses.FindAsync(Id, Leaving);
        _near = await limits.ReadAsync([Id], Leaving);
    }

    private Task SaveAsync() => ActAsync(Permission.AdministerPlatform, "change the tenant's quotas", async actor =>
    {
        var (settings, problems) = _typed.Read();
        _problems = problems;
        if (settings is null)
        {
            _refusals++;
            return;
        }

        if (await quotas.UpdateAsync(Id, _quota!.Version, settings, actor, Leaving) is Saved.Outdated)
        {
            _outdated = true;
            return;
        }

        await FetchAsync();
        Toasts.Say("The quotas are saved. They hold within seconds.");
    });

    private string? Problem(string field) => _problems.GetValueOrDefault(field);

    private string Until(DateTimeOffset moment) => Durations.Words(moment > clock.GetUtcNow() ? moment - clock.GetUtcNow() : TimeSpan.Zero);

    private static string Limit(int limit) => limit == 0 ? "no limit" : Durations.Exact(limit);

    /// <summary>The form as it is typed.</summary>
    private sealed record Typed(string Runs, string Records, string Calls, string Letters)
    {
        public static Typed Of(QuotaSettings settings) =>
            new(Text(settings.ConcurrentRuns), Text(settings.RecordsPerMinute), Text(settings.CallsPerMinute), Text(settings.LetterMegabytes));

        /// <returns>Null where something is wrong, with a sentence for each such field.</returns>
        public (QuotaSettings? Settings, IReadOnlyDictionary<string, string> Problems) Read()
        {
            var problems = new Dictionary<string, string>();
            var settings = new QuotaSettings(
                Number(nameof(QuotaSettings.ConcurrentRuns), Runs, problems), Number(nameof(QuotaSettings.RecordsPerMinute), Records, problems),
                Number(nameof(QuotaSettings.CallsPerMinute), Calls, problems), Number(nameof(QuotaSettings.LetterMegabytes), Letters, problems));
            foreach (var (field, problem) in settings.Check())
            {
                problems.TryAdd(field, problem);
            }

            return (problems.Count == 0 ? settings : null, problems);
        }

        private static string Text(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

        private static int? Number(string field, string text, Dictionary<string, string> problems)
        {
            if (text.Trim().Length == 0)
            {
                return null;
            }

            if (int.TryParse(text.Trim(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }

            problems[field] = text.Trim().All(char.IsAsciiDigit) ? "This is more than can be kept: write a smaller number." : "Write a whole number, or leave it empty for the default.";
            return null;
        }
    }
}
