namespace IntegrationConsole.Health.Verdicts;

/// <summary>A maintenance that is open, or was until a moment ago.</summary>
/// <param name="Of">Which connection; empty where the object itself, or the whole tenant, is meant.</param>
/// <param name="EndsAt">When the time ends, or ended.</param>
/// <param name="GraceUntil">Until when what waited may catch up.</param>
/// <param name="HoldsRuns">Runs that fall due wait for its end.</param>
public sealed record MaintenanceFact(string Of, string Reason, string By, DateTimeOffset EndsAt, DateTimeOffset GraceUntil, bool HoldsRuns)
{
    /// <summary>Runs wait now: nothing can be late.</summary>
    public bool HoldsRunsAt(DateTimeOffset now) => HoldsRuns && now < EndsAt;
}

/// <summary>A planned time: what is wrong in it is told, and calls nobody. After its end only trouble is put down to it, for a while.</summary>
internal static class MaintenanceVerdicts
{
    public static Verdict Over(MaintenanceFact maintenance, Verdict beneath, DateTimeOffset now)
    {
        var isOver = now >= maintenance.EndsAt;
        if (isOver && !beneath.State.IsTrouble)
        {
            return beneath;
        }

        var of = maintenance.Of.Length > 0 ? $" of {maintenance.Of}" : "";
        var sentence = isOver
            ? $"The maintenance{of} ended {Moment.Time(maintenance.EndsAt)}; what waited has until {Moment.Time(maintenance.GraceUntil)} to catch up."
            : $"Maintenance{of} until {Moment.Time(maintenance.EndsAt)}, planned by {maintenance.By}: {maintenance.Reason.Trim().TrimEnd('.')}.{(maintenance.HoldsRuns ? " Runs wait for its end." : "")}";
        var reason = beneath.State.IsTrouble ? $"{sentence} It would be {beneath.State.Words.ToLowerInvariant()} otherwise." : sentence;
        var finding = new Finding(HealthDimension.Maintenance, HealthState.Maintenance, sentence, HealsItself: true, Evidence.None);
        return new Verdict(HealthState.Maintenance, reason, HealsItself: true, Evidence.None, [finding, .. beneath.Findings]);
    }
}
