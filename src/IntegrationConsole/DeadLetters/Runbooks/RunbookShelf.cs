namespace IntegrationConsole.DeadLetters.Runbooks;

/// <summary>The runbooks of some tenants, with those that hold for all. The one that asks for most of a failure is taken.</summary>
public sealed class RunbookShelf(IReadOnlyList<Runbook> runbooks)
{
    public IReadOnlyList<Runbook> All => runbooks;

    /// <returns>Null where nobody has written one.</returns>
    public Runbook? Find(FailureSign sign) => runbooks
        .Where(runbook => runbook.IsOn && (runbook.IsForAll || runbook.TenantId == sign.Tenant) && runbook.Pattern.Fits(sign))
        .OrderByDescending(runbook => runbook.Pattern.Weight).ThenByDescending(runbook => runbook.Contains.Length)
        .ThenBy(runbook => runbook.IsForAll).ThenByDescending(runbook => runbook.ChangedAt).ThenBy(runbook => runbook.Id)
        .FirstOrDefault();
}
