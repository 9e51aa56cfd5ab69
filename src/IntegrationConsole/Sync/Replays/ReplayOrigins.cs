using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Sync.Replays;

/// <summary>
/// Which letters of a replay go as they were mapped then. A correction is made on the record: a letter that was corrected
/// since has no rows, and what is sorted by its cause is mapped again.
/// </summary>
internal static class ReplayOrigins
{
    /// <summary>The destination was at fault, and takes the same rows another time.</summary>
    public static readonly string[] OfTheDestination =
    [
        .. Enum.GetValues<FailureCause>().Where(cause => cause switch
        {
            FailureCause.Auth or FailureCause.TargetDown or FailureCause.Timeout or FailureCause.RateLimit or FailureCause.Conflict => true,
            FailureCause.Mapping or FailureCause.Validation or FailureCause.SchemaChange or FailureCause.ReferenceMissing or FailureCause.TooLarge or FailureCause.Malformed
                or FailureCause.Configuration or FailureCause.Bug or FailureCause.Unknown or FailureCause.Held or FailureCause.Quota => false,
        }).Select(cause => cause.ToString()),
    ];

    /// <summary>The destination was at fault for <c>d</c>; parameter <c>destinationCauses</c>.</summary>
    public const string IsOfTheDestination = "(d.cause = any(@destinationCauses) and (d.edited is null or d.mapped is not null))";

    /// <summary>
    /// Letter <c>d</c> is sent as it was mapped; parameters <c>origin</c>, <c>mapsRest</c> and <c>destinationCauses</c>. What
    /// only waits behind another was chosen by nobody, and is mapped where no rows of it are kept.
    /// </summary>
    public const string IsAsMapped = $"""
        ((@origin = 'Mapped' or (@origin = 'ByCause' and {IsOfTheDestination})) and (d.mapped is not null or (not @mapsRest and d.cause <> 'Held')))
        """;
}
