using IntegrationConsole.Sync;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Brings the tenant itself to what a file says.</summary>
internal sealed class TenantApply(TenantStore tenants, QuotaStore quotas, SyncStore syncs)
{
    private static readonly Dictionary<string, string> Keys = new()
    {
        [nameof(TenantSettings.Name)] = "tenant.name", [nameof(TenantSettings.Slug)] = "tenant.slug", [nameof(TenantSettings.TimeZone)] = "tenant.timeZone",
        [nameof(TenantSettings.Contacts)] = "tenant.contacts", [nameof(TenantSettings.SecondPersonAbove)] = "tenant.secondPersonAbove",
        [nameof(TenantSettings.WorkingHours)] = "tenant.workingHours",
    };

    public async Task CheckAsync(ApplyWork work, CancellationToken cancellationToken)
    {
        work.Tenant = await tenants.FindBySlugAsync(work.Declaration.Tenant.Slug, cancellationToken);
        var settings = Wanted(work);
        var problems = TenantRules.Check(settings);
        foreach (var (field, sentence) in problems)
        {
            work.Problems.Add(Keys[field], sentence);
        }

        work.Zone = problems.ContainsKey(nameof(settings.TimeZone)) ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(settings.TimeZone);
    }

    public async Task ApplyAsync(ApplyWork work, CancellationToken cancellationToken)
    {
        var wanted = Wanted(work);
        if (work.Tenant is { } known)
        {
            await ChangeAsync(work, known, wanted, cancellationToken);
        }
        else
        {
            var made = await tenants.CreateAsync(wanted, ApplyWork.Actor, cancellationToken) ?? throw ApplyWork.Outdated("tenant", wanted.Slug);
            work.Tenant = await tenants.FindAsync(made, cancellationToken);
            work.Made("tenant", wanted.Slug, wanted.Name.Trim());
        }

        await LimitAsync(work, cancellationToken);
    }

    private async Task ChangeAsync(ApplyWork work, Tenant known, TenantSettings wanted, CancellationToken cancellationToken)
    {
        var words = ApplyWork.Words(("name", known.Name, wanted.Name.Trim()), ("time zone", known.TimeZone, wanted.TimeZone), ("contacts", known.Contacts, wanted.Contacts.Trim()),
            ("letters above which a second person must agree", NumberOf(known.SecondPersonAbove, "never"), NumberOf(wanted.SecondPersonAbove, "never")), ("working hours", known.WorkingHours, wanted.WorkingHours.Trim()));
        if (words.Length == 0)
        {
            return;
        }

        if (await tenants.UpdateAsync(known.Id, known.Version, wanted, ApplyWork.Actor, cancellationToken) is not Saved.Done)
        {
            throw ApplyWork.Outdated("tenant", known.Slug);
        }

        work.Changed("tenant", known.Slug, words);
        if (known.TimeZone != wanted.TimeZone)
        {
            await syncs.FollowTenantAsync(known.Id, cancellationToken);
        }
    }

    private async Task LimitAsync(ApplyWork work, CancellationToken cancellationToken)
    {
        if (work.Declaration.Tenant is not { Quotas: { } wanted, Slug: var slug } || await quotas.FindAsync(work.Id, cancellationToken) is not { Own: var own } kept || own == wanted)
        {
            return;
        }

        if (await quotas.UpdateAsync(work.Id, kept.Version, wanted, ApplyWork.Actor, cancellationToken) is not Saved.Done)
        {
            throw ApplyWork.Outdated("tenant", slug);
        }

        (string What, int? Old, int? New)[] limits =
        [
            ("runs at the same time", own.ConcurrentRuns, wanted.ConcurrentRuns), ("records per minute", own.RecordsPerMinute, wanted.RecordsPerMinute),
            ("calls per minute", own.CallsPerMinute, wanted.CallsPerMinute), ("megabytes of dead letters", own.LetterMegabytes, wanted.LetterMegabytes),
        ];
        work.Changed("tenant", slug, ApplyWork.Words([.. limits.Select(limit => (limit.What, NumberOf(limit.Old, "the default"), NumberOf(limit.New, "the default")))]));
    }

    private static TenantSettings Wanted(ApplyWork work)
    {
        var (slug, name, zone, contacts, above, hours, _) = work.Declaration.Tenant;
        return new TenantSettings(
            name ?? work.Tenant?.Name ?? "", slug, zone ?? work.Tenant?.TimeZone ?? "UTC", contacts ?? work.Tenant?.Contacts ?? "", above ?? work.Tenant?.SecondPersonAbove,
            hours ?? work.Tenant?.WorkingHours ?? WorkingHours.Usual);
    }

    private static string NumberOf(int? number, string none) => number?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? none;
}
