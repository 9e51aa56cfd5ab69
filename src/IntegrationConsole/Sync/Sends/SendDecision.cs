using IntegrationConsole.Connectors;

namespace IntegrationConsole.Sync.Sends;

/// <summary>Decides by the ledger what becomes of a row.</summary>
internal static class SendDecision
{
    public static SendStep Of(Send send, SendTerms terms) => send.Entry switch
    {
        { State: SendState.Taken } => send.IsSameAsBefore && !terms.SendsUnchanged ? SendStep.Known : SendStep.Send,
        { State: SendState.Sent } when !terms.IsRepeatable => SendStep.Settle,

        // Sent again it makes no second one, and a destination that has heard the call knows it by its key.
        { State: SendState.Sent } => send.IsSameAsBefore && terms.RowsInCall == 1 ? SendStep.Again : SendStep.Send,
        { State: SendState.TakingBack } => SendStep.Settle,
        { State: SendState.Refused or SendState.TakenBack } or null => SendStep.Send,
    };
}
