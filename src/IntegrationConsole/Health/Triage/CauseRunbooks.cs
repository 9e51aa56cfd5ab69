using IntegrationConsole.DeadLetters.Runbooks;

namespace IntegrationConsole.Health.Triage;

/// <summary>Finds what is known about a cause: by its largest group, or where no letter tells, by what health says of it.</summary>
internal static class CauseRunbooks
{
    public static CauseRunbook? Find(RootCause cause, RunbookShelf shelf)
    {
        var tenant = cause.Tenants is [var only] ? only : null;
        var sign = cause.Groups is [var group, ..]
            ? new FailureSign(tenant?.Id, group.Cause, group.Code, group.Connector, group.Message == group.Template ? group.Message : $"{group.Message}\n{group.Template}")
            : new FailureSign(tenant?.Id, cause.Cause, "", cause.Connector, cause.Evidence);
        return shelf.Find(sign) is { } runbook ? new CauseRunbook(runbook.Title, $"{(tenant is null ? "/fleet" : $"/t/{tenant.Slug}")}/runbooks?runbook={runbook.Id}") : null;
    }
}
